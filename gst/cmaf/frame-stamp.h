/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How cmafframetap tells muxers which frame a picture was found to be: by a
 * GstReferenceTimestampMeta with caps of this name. Its timestamp is the media
 * time of the frame. Encoders and parsers hand such metas on. */
#pragma once

#define FRAME_STAMP_CAPS "timestamp/x-cmaf-frame"
