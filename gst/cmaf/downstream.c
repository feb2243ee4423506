/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Looks for an element behind a pad. */
#include "downstream.h"

#define MAX_HOPS 16

/* The element behind @pad, looking through the walls of bins. */
static GstElement *
element_behind (GstPad *pad)
{
  GstPad *peer = gst_pad_get_peer (pad);
  GstElement *element;

  for (guint i = 0; peer && i < MAX_HOPS; i++) {
    GstPad *next;

    if (GST_IS_GHOST_PAD (peer))
      next = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));
    else if (GST_IS_PROXY_PAD (peer)) {
      GstPad *outside =
          GST_PAD (gst_proxy_pad_get_internal (GST_PROXY_PAD (peer)));

      next = gst_pad_get_peer (outside);
      gst_object_unref (outside);
    } else
      break;
    gst_object_unref (peer);
    peer = next;
  }
  element = peer ? gst_pad_get_parent_element (peer) : NULL;
  gst_clear_object (&peer);
  return element;
}

static GstPad *
only_source_pad (GstElement *element)
{
  GstPad *pad = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsrcpads == 1 && element->numsinkpads == 1)
    pad = gst_object_ref (element->srcpads->data);
  GST_OBJECT_UNLOCK (element);
  return pad;
}

GstElement *
downstream_find (GstPad *srcpad, DownstreamFunc is_it)
{
  GstPad *pad = gst_object_ref (srcpad);

  for (guint i = 0; pad && i < MAX_HOPS; i++) {
    GstElement *element = element_behind (pad);

    gst_clear_object (&pad);
    if (!element)
      return NULL;
    if (is_it (element))
      return element;
    pad = only_source_pad (element);
    gst_object_unref (element);
  }
  gst_clear_object (&pad);
  return NULL;
}
