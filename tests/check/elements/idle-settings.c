/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Settings that have no effect, for want of another, are told once when the
 * element starts, and only those. */
#include <gst/check/gstcheck.h>
#include <string.h>

#define DIRECTORY "location=/tmp/idle-settings"
#define URL "location=http://127.0.0.1:9/x"
#define TLS "location=https://127.0.0.1:9/x"
#define NO_URL ": has no effect, needs an http or https URL in location or"

typedef struct
{
  const gchar *element, *settings;
  const gchar *expected; /* what is told, with | in between; NULL: nothing */
} Case;

static const Case cases[] = {
  /* who sends over HTTP */
  { "httpingestsink", URL, NULL },
  { "httpingestsink", URL " user-pw=x",
      "user-pw: has no effect, needs user-id" },
  { "httpingestsink", URL " user-pw=x user-id=me", NULL },
  { "httpingestsink", URL " user-id=me bearer-token=x",
      "user-id: has no effect, needs bearer-token to be unset" },
  { "httpingestsink", URL " ssl-strict=false",
      "ssl-strict: has no effect, needs an https URL in location or" },
  { "httpingestsink", TLS " ssl-strict=false", NULL },
  { "httpingestsink", URL " ssl-strict=false locations=https://127.0.0.1/y",
      NULL },
  { "httpingestsink", URL " max-disk-bytes=5",
      "max-disk-bytes: has no effect, needs spool-directory" },
  { "httpingestsink", URL " init-template=$RepresentationID$/x.mp4",
      "init-template: has no effect, needs naming=template or mpd-name" },
  { "httpingestsink",
      URL " init-template=$RepresentationID$/x.mp4 naming=template", NULL },
  { "httpingestsink", URL " media-template=$RepresentationID$/$Time$.mp4",
      "media-template: " },
  { "httpingestsink",
      URL " media-template=$RepresentationID$/$Time$.mp4 mpd-name=m", NULL },
  /* who writes manifests */
  { "cmafdashsink", DIRECTORY, NULL },
  { "cmafhlssink", DIRECTORY, NULL },
  { "cmafdashsink", DIRECTORY " method=POST bearer-token=x",
      "method" NO_URL "|bearer-token" NO_URL },
  { "cmafhlssink", DIRECTORY " drain-timeout=1 max-spool-bytes=7",
      "drain-timeout" NO_URL "|max-spool-bytes" NO_URL },
  { "cmafdashsink",
      DIRECTORY " drain-timeout=1 locations="
                "http://127.0.0.1:9/",
      NULL },
  { "cmafdashsink", URL " method=POST user-id=me drain-timeout=1", NULL },
  { "cmafhlssink", URL " user-pw=x", "user-pw: has no effect, needs user-id" },
  { "cmafdashsink", DIRECTORY " window-quantum=2",
      "window-quantum: has no effect, needs window-length" },
  { "cmafdashsink", DIRECTORY " window-quantum=2 window-length=9000000000",
      NULL },
  { "cmafdashsink", URL " delete-delay=5",
      "delete-delay: has no effect, needs window-length" },
  { "cmafdashsink", DIRECTORY " vod-mpd-name=x.mpd manifest-type=static",
      "vod-mpd-name: has no effect, needs manifest-type=dynamic" },
  { "cmafdashsink", DIRECTORY " vod-mpd-name= manifest-type=static", NULL },
  { "cmafdashsink",
      DIRECTORY " event-content-type=meta list-event-tracks=false",
      "event-content-type: has no effect, needs list-event-tracks=true" },
  { "cmafdashsink", DIRECTORY " next-leap-offset=1",
      "next-leap-offset: has no effect, needs next-leap-time" },
  { "cmafdashsink",
      DIRECTORY
      " leap-offset=1 next-leap-time=1893456000000000000 manifest-type=static",
      "leap-offset: has no effect, needs manifest-type=dynamic|"
      "next-leap-time: has no effect, needs manifest-type=dynamic" },
  { "cmafdashsink", URL " manifest-refresh=5", NULL },
  { "cmafhlssink", URL " manifest-refresh=5",
      "manifest-refresh: has no effect, needs an MPD (cmafdashsink)" },
  { "cmafhlssink", DIRECTORY " presentation-id=x",
      "presentation-id: has no effect, needs an MPD (cmafdashsink)" },
  /* who receives */
  { "httpingestsrc", "", NULL },
  { "httpingestsrc", "merge-order=a,b",
      "merge-order: has no effect, needs merge-policy=priority" },
  { "httpingestsrc", "merge-order=a,b merge-policy=priority", NULL },
  { "httpingestsrc", "segment-duration=1/1",
      "segment-duration: has no effect, needs sync-mode=packager" },
  { "httpingestsrc", "segment-duration=1/1 sync-mode=packager", NULL },
  { "httpingestsrc", "sync-store=/tmp",
      "sync-store: has no effect, needs sync-mode=packager" },
  { "httpingestsrc", "max-objects=3 max-object-bytes=9",
      "max-objects: has no effect, needs objects-location|"
      "max-object-bytes: has no effect, needs objects-location" },
  { "httpingestsrc", "max-objects=3 objects-location=memory:", NULL },
};

/* "a=b c=d" */
static void
apply (GstElement *element, const gchar *settings)
{
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);

    gst_util_set_object_arg (G_OBJECT (element), pair[0], pair[1]);
  }
}

GST_START_TEST (test_settings_in_vain_are_told)
{
  const Case *c = &cases[__i__];
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make (c->element, NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (element, bus);
  apply (element, c->settings);
  fail_unless (gst_element_set_state (element, GST_STATE_PAUSED)
               != GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless ((message == NULL) == (c->expected == NULL), "%s", c->settings);
  if (message != NULL) {
    g_auto (GStrv) expected = g_strsplit (c->expected, "|", -1);
    guint n = 1;

    gst_message_parse_warning (message, &error, NULL);
    for (guint i = 0; expected[i] != NULL; i++)
      fail_unless (strstr (error->message, expected[i]) != NULL, "%s: %s",
          c->settings, error->message);
    for (const gchar *at = error->message; (at = strstr (at, "; ")) != NULL;
         at++)
      n++;
    assert_equals_int (n, g_strv_length (expected));
  }
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}
GST_END_TEST;

static Suite *
idle_settings_suite (void)
{
  Suite *suite = suite_create ("idle-settings");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_settings_in_vain_are_told, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (idle_settings);
