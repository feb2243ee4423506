/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Four-character codes and flag bits, named as in ISO/IEC 14496-12, 14496-15,
 * 23000-19 and 23009-1. Since: 0.1 */
#pragma once

#include <glib.h>

/* clang-format off */
#define CMAF_FOURCC(a, b, c, d) \
  ((guint32) (a) << 24 | (guint32) (b) << 16 | (guint32) (c) << 8 | (guint32) (d))

#define CMAF_BOX_FTYP CMAF_FOURCC ('f', 't', 'y', 'p')
#define CMAF_BOX_STYP CMAF_FOURCC ('s', 't', 'y', 'p')
#define CMAF_BOX_MOOV CMAF_FOURCC ('m', 'o', 'o', 'v')
#define CMAF_BOX_MVHD CMAF_FOURCC ('m', 'v', 'h', 'd')
#define CMAF_BOX_TRAK CMAF_FOURCC ('t', 'r', 'a', 'k')
#define CMAF_BOX_TKHD CMAF_FOURCC ('t', 'k', 'h', 'd')
#define CMAF_BOX_EDTS CMAF_FOURCC ('e', 'd', 't', 's')
#define CMAF_BOX_ELST CMAF_FOURCC ('e', 'l', 's', 't')
#define CMAF_BOX_MDIA CMAF_FOURCC ('m', 'd', 'i', 'a')
#define CMAF_BOX_MDHD CMAF_FOURCC ('m', 'd', 'h', 'd')
#define CMAF_BOX_HDLR CMAF_FOURCC ('h', 'd', 'l', 'r')
#define CMAF_BOX_ELNG CMAF_FOURCC ('e', 'l', 'n', 'g')
#define CMAF_BOX_MINF CMAF_FOURCC ('m', 'i', 'n', 'f')
#define CMAF_BOX_VMHD CMAF_FOURCC ('v', 'm', 'h', 'd')
#define CMAF_BOX_SMHD CMAF_FOURCC ('s', 'm', 'h', 'd')
#define CMAF_BOX_STHD CMAF_FOURCC ('s', 't', 'h', 'd')
#define CMAF_BOX_NMHD CMAF_FOURCC ('n', 'm', 'h', 'd')
#define CMAF_BOX_DINF CMAF_FOURCC ('d', 'i', 'n', 'f')
#define CMAF_BOX_DREF CMAF_FOURCC ('d', 'r', 'e', 'f')
#define CMAF_BOX_URL  CMAF_FOURCC ('u', 'r', 'l', ' ')
#define CMAF_BOX_STBL CMAF_FOURCC ('s', 't', 'b', 'l')
#define CMAF_BOX_STSD CMAF_FOURCC ('s', 't', 's', 'd')
#define CMAF_BOX_STTS CMAF_FOURCC ('s', 't', 't', 's')
#define CMAF_BOX_STSC CMAF_FOURCC ('s', 't', 's', 'c')
#define CMAF_BOX_STSZ CMAF_FOURCC ('s', 't', 's', 'z')
#define CMAF_BOX_STCO CMAF_FOURCC ('s', 't', 'c', 'o')
#define CMAF_BOX_SGPD CMAF_FOURCC ('s', 'g', 'p', 'd')
#define CMAF_BOX_SBGP CMAF_FOURCC ('s', 'b', 'g', 'p')
#define CMAF_BOX_UDTA CMAF_FOURCC ('u', 'd', 't', 'a')
#define CMAF_BOX_KIND CMAF_FOURCC ('k', 'i', 'n', 'd')
#define CMAF_BOX_MVEX CMAF_FOURCC ('m', 'v', 'e', 'x')
#define CMAF_BOX_MEHD CMAF_FOURCC ('m', 'e', 'h', 'd')
#define CMAF_BOX_TREX CMAF_FOURCC ('t', 'r', 'e', 'x')
#define CMAF_BOX_MOOF CMAF_FOURCC ('m', 'o', 'o', 'f')
#define CMAF_BOX_MFHD CMAF_FOURCC ('m', 'f', 'h', 'd')
#define CMAF_BOX_TRAF CMAF_FOURCC ('t', 'r', 'a', 'f')
#define CMAF_BOX_TFHD CMAF_FOURCC ('t', 'f', 'h', 'd')
#define CMAF_BOX_TFDT CMAF_FOURCC ('t', 'f', 'd', 't')
#define CMAF_BOX_TRUN CMAF_FOURCC ('t', 'r', 'u', 'n')
#define CMAF_BOX_MDAT CMAF_FOURCC ('m', 'd', 'a', 't')
#define CMAF_BOX_PRFT CMAF_FOURCC ('p', 'r', 'f', 't')
#define CMAF_BOX_EMSG CMAF_FOURCC ('e', 'm', 's', 'g')
#define CMAF_BOX_EMIB CMAF_FOURCC ('e', 'm', 'i', 'b')
#define CMAF_BOX_EMEB CMAF_FOURCC ('e', 'm', 'e', 'b')
#define CMAF_BOX_SILB CMAF_FOURCC ('s', 'i', 'l', 'b')
#define CMAF_BOX_URI  CMAF_FOURCC ('u', 'r', 'i', ' ')
#define CMAF_BOX_SIDX CMAF_FOURCC ('s', 'i', 'd', 'x')
#define CMAF_BOX_SSIX CMAF_FOURCC ('s', 's', 'i', 'x')
#define CMAF_BOX_FREE CMAF_FOURCC ('f', 'r', 'e', 'e')
#define CMAF_BOX_SKIP CMAF_FOURCC ('s', 'k', 'i', 'p')
#define CMAF_BOX_UUID CMAF_FOURCC ('u', 'u', 'i', 'd')
#define CMAF_BOX_MFRA CMAF_FOURCC ('m', 'f', 'r', 'a')
#define CMAF_BOX_BTRT CMAF_FOURCC ('b', 't', 'r', 't')
#define CMAF_BOX_COLR CMAF_FOURCC ('c', 'o', 'l', 'r')
#define CMAF_BOX_PASP CMAF_FOURCC ('p', 'a', 's', 'p')
#define CMAF_BOX_MDCV CMAF_FOURCC ('m', 'd', 'c', 'v')
#define CMAF_BOX_CLLI CMAF_FOURCC ('c', 'l', 'l', 'i')
#define CMAF_BOX_AVCC CMAF_FOURCC ('a', 'v', 'c', 'C')
#define CMAF_BOX_HVCC CMAF_FOURCC ('h', 'v', 'c', 'C')
#define CMAF_BOX_ESDS CMAF_FOURCC ('e', 's', 'd', 's')
#define CMAF_BOX_DOPS CMAF_FOURCC ('d', 'O', 'p', 's')
#define CMAF_BOX_AV1C CMAF_FOURCC ('a', 'v', '1', 'C')
#define CMAF_BOX_VPCC CMAF_FOURCC ('v', 'p', 'c', 'C')
#define CMAF_BOX_DAC3 CMAF_FOURCC ('d', 'a', 'c', '3')
#define CMAF_BOX_DEC3 CMAF_FOURCC ('d', 'e', 'c', '3')
#define CMAF_BOX_DFLA CMAF_FOURCC ('d', 'f', 'L', 'a')
#define CMAF_BOX_MHAC CMAF_FOURCC ('m', 'h', 'a', 'C')
#define CMAF_BOX_VTTC_CONFIG CMAF_FOURCC ('v', 't', 't', 'C')
#define CMAF_BOX_MIME CMAF_FOURCC ('m', 'i', 'm', 'e')
#define CMAF_BOX_VTTC CMAF_FOURCC ('v', 't', 't', 'c')
#define CMAF_BOX_VTTE CMAF_FOURCC ('v', 't', 't', 'e')
#define CMAF_BOX_VSID CMAF_FOURCC ('v', 's', 'i', 'd')
#define CMAF_BOX_IDEN CMAF_FOURCC ('i', 'd', 'e', 'n')
#define CMAF_BOX_STTG CMAF_FOURCC ('s', 't', 't', 'g')
#define CMAF_BOX_PAYL CMAF_FOURCC ('p', 'a', 'y', 'l')

/* sample entries */
#define CMAF_CODEC_AVC1 CMAF_FOURCC ('a', 'v', 'c', '1')
#define CMAF_CODEC_AVC3 CMAF_FOURCC ('a', 'v', 'c', '3')
#define CMAF_CODEC_HVC1 CMAF_FOURCC ('h', 'v', 'c', '1')
#define CMAF_CODEC_HEV1 CMAF_FOURCC ('h', 'e', 'v', '1')
#define CMAF_CODEC_MP4A CMAF_FOURCC ('m', 'p', '4', 'a')
#define CMAF_CODEC_OPUS CMAF_FOURCC ('O', 'p', 'u', 's')
#define CMAF_CODEC_AV01 CMAF_FOURCC ('a', 'v', '0', '1')
#define CMAF_CODEC_VP09 CMAF_FOURCC ('v', 'p', '0', '9')
#define CMAF_CODEC_AC3  CMAF_FOURCC ('a', 'c', '-', '3')
#define CMAF_CODEC_EC3  CMAF_FOURCC ('e', 'c', '-', '3')
#define CMAF_CODEC_FLAC CMAF_FOURCC ('f', 'L', 'a', 'C')
#define CMAF_CODEC_MHA1 CMAF_FOURCC ('m', 'h', 'a', '1')
#define CMAF_CODEC_MHM1 CMAF_FOURCC ('m', 'h', 'm', '1')
#define CMAF_CODEC_WVTT CMAF_FOURCC ('w', 'v', 't', 't')
#define CMAF_CODEC_STPP CMAF_FOURCC ('s', 't', 'p', 'p')
#define CMAF_CODEC_EVTE CMAF_FOURCC ('e', 'v', 't', 'e')
#define CMAF_CODEC_URIM CMAF_FOURCC ('u', 'r', 'i', 'm')

/* brands (ISO/IEC 23000-19 7.2, 23009-1 6.3.4.2) */
#define CMAF_BRAND_CMFC CMAF_FOURCC ('c', 'm', 'f', 'c')
#define CMAF_BRAND_CMF2 CMAF_FOURCC ('c', 'm', 'f', '2')
#define CMAF_BRAND_CMFS CMAF_FOURCC ('c', 'm', 'f', 's')
#define CMAF_BRAND_CMFF CMAF_FOURCC ('c', 'm', 'f', 'f')
#define CMAF_BRAND_CMFL CMAF_FOURCC ('c', 'm', 'f', 'l')
#define CMAF_BRAND_LMSG CMAF_FOURCC ('l', 'm', 's', 'g')
#define CMAF_BRAND_SLAT CMAF_FOURCC ('s', 'l', 'a', 't')
#define CMAF_BRAND_ISO6 CMAF_FOURCC ('i', 's', 'o', '6')
#define CMAF_BRAND_MSDH CMAF_FOURCC ('m', 's', 'd', 'h')
#define CMAF_BRAND_MSIX CMAF_FOURCC ('m', 's', 'i', 'x')

/* tfhd flags (ISO/IEC 14496-12 8.8.7) */
#define CMAF_TFHD_BASE_DATA_OFFSET 0x000001
#define CMAF_TFHD_SAMPLE_DESCRIPTION_INDEX 0x000002
#define CMAF_TFHD_DEFAULT_SAMPLE_DURATION 0x000008
#define CMAF_TFHD_DEFAULT_SAMPLE_SIZE 0x000010
#define CMAF_TFHD_DEFAULT_SAMPLE_FLAGS 0x000020
#define CMAF_TFHD_DURATION_IS_EMPTY 0x010000
#define CMAF_TFHD_DEFAULT_BASE_IS_MOOF 0x020000

/* trun flags (8.8.8) */
#define CMAF_TRUN_DATA_OFFSET 0x000001
#define CMAF_TRUN_FIRST_SAMPLE_FLAGS 0x000004
#define CMAF_TRUN_SAMPLE_DURATION 0x000100
#define CMAF_TRUN_SAMPLE_SIZE 0x000200
#define CMAF_TRUN_SAMPLE_FLAGS 0x000400
#define CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET 0x000800

/* sample flags (8.8.3.1) */
#define CMAF_SAMPLE_IS_NON_SYNC 0x00010000
#define CMAF_SAMPLE_FLAGS_SYNC 0x02000000     /* depends on nothing */
#define CMAF_SAMPLE_FLAGS_NON_SYNC 0x01010000 /* depends on others, non-sync */

/* prft flags (8.16.5) */
#define CMAF_PRFT_ARBITRARY_CONSISTENT 8
#define CMAF_PRFT_CAPTURE 24
/* clang-format on */
