/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Frames that no input gave. */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/* Black, in whatever format and colorimetry. (transfer full), NULL: the format
 * cannot be written. */
GstBuffer *spare_frame_new_black (const GstVideoInfo *info);
/* The picture of @black, with the fields that @frame has. (transfer full) */
GstBuffer *spare_frame_dress (GstBuffer *black, GstBuffer *frame);
/* The picture of @frame and what describes its layout; nothing else, such as
 * captions and time, belongs to a second one. (transfer full) */
GstBuffer *spare_frame_repeat (GstBuffer *frame);

G_END_DECLS
