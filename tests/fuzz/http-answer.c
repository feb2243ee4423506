/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a receiver answers to an upload. A prefix of an answer is never another
 * answer. */
#include "fuzz.h"

#include <gst/cmafhttp/http-answer.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_auto (CmafHttpAnswer) again = { 0 };
  g_autoptr (GError) error = NULL;
  gsize n_used, n_again;
  CmafHttpAnswerResult result = cmaf_http_answer_parse ((const gchar *)data,
      size, FALSE, CMAF_HTTP_BODY_KEPT, &answer, &n_used, &error);

  PROMISE (n_used <= size);
  PROMISE ((result == CMAF_HTTP_ANSWER_ERROR) == (error != NULL));
  if (result == CMAF_HTTP_ANSWER_DONE) {
    PROMISE (answer.status >= 200 && answer.status < 1000);
    PROMISE (cmaf_http_answer_parse ((const gchar *)data, n_used, FALSE,
                 CMAF_HTTP_BODY_SKIPPED, &again, &n_again, NULL)
             == CMAF_HTTP_ANSWER_DONE);
    PROMISE (n_again == n_used && again.status == answer.status);
  }
  if (result == CMAF_HTTP_ANSWER_CONTINUE)
    PROMISE (n_used > 0);
  return 0;
}
