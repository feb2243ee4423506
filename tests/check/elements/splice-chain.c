/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A splice moves a boundary of pictures, sound and text, which leave in chunks
 * of which one ends where the boundary would be: over HTTP in each mode of
 * requests, to directories and to an origin, every segment has its number and
 * its bytes, wherever a receiver begins. */
#include "chain.h"
#include "http-peer.h"
#include "spliced-file.h"

#define FIRST_NUMBER 904005000
#define SEGMENT_FRAMES 48
#define N_SEGMENTS 7 /* the last one is short */

/* Edge 4 is frame 192; a chunk is of 16 frames, or 30 units of sound. */
static const guint splices[] = { 172, 180, 204, 208 };

/* The first frame of segment @n. */
static guint
edge_of (guint splice, guint n)
{
  return n == 4 ? splice : n * SEGMENT_FRAMES;
}

/* ---- pipelines ---- */

#define CUES                                                                   \
  "WEBVTT\n\n00:01.000 --> 00:03.000\none\n\n00:06.500 --> 00:09.000\ntwo\n"

static gchar *
write_cues (const SinkFixture *f)
{
  gchar *path = g_build_filename (f->folder, "in.vtt", NULL);

  fail_unless (g_file_set_contents (path, CUES, -1, NULL));
  return path;
}

/* Pictures, sound and text of @path; each goes to all of @sinks. */
static gchar *
describe_sender (
    const gchar *path, const gchar *cues, const gchar *const *sinks)
{
  const gint64 offset = G_GINT64_CONSTANT (1735689700) * GST_SECOND
                        - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *mux = g_strdup_printf (
      "segment-duration=48/25 chunk-duration=640000000 splice-mode=move "
      "timing-sources=pts clock-offset=%" G_GINT64_FORMAT,
      offset);
  GString *text = g_string_new (NULL);

  g_string_printf (text,
      "filesrc location=%s ! tsepochtap anchor-pts=%" G_GUINT64_FORMAT
      " anchor-ticks=156212064000000 ! tsdemux name=demux "
      "demux. ! h264parse ! avdec_h264 ! x264enc speed-preset=ultrafast "
      "threads=1 rc-lookahead=0 sync-lookahead=0 bframes=0 key-int-max=1000 ! "
      "h264parse ! queue ! cmafsyncmux track-name=v %s ! tee name=v "
      "demux. ! aacparse ! queue ! cmafsyncmux track-name=a %s ! tee name=a "
      "filesrc location=%s ! subparse ! cmafsyncmux track-name=t %s ! "
      "tee name=t",
      path, SPLICED_FILE_FIRST, mux, mux, cues, mux);
  for (; *sinks; sinks++)
    g_string_append_printf (text,
        " %s name=s%p v. ! queue ! s%p. a. ! queue ! s%p. t. ! queue ! s%p.",
        *sinks, sinks, sinks, sinks, sinks);
  return g_string_free (text, FALSE);
}

static void
run_sender (const gchar *path, const gchar *cues, const gchar *const *sinks)
{
  g_autofree gchar *launch = describe_sender (path, cues, sinks);
  GstElement *pipeline = chain_start (launch);

  chain_assert_eos (pipeline);
  chain_stop (pipeline);
}

static GstElement *
start_receiver (const gchar *sink, const SinkFixture *f)
{
  g_autofree gchar *launch =
      g_strdup_printf ("httpingestsrc name=in port=0 address=127.0.0.1 : "
                       "%s name=out %s%s",
          sink, f ? "location=" : "port=0", f ? f->folder : "");

  return chain_start (launch);
}

/* ---- what came of it ---- */

static const gchar *const track_names[] = { "v", "a", "t" };

static gchar *
segment_name (const gchar *track, guint n)
{
  return g_strdup_printf ("%s/%010u.m4s", track, FIRST_NUMBER + n);
}

static GBytes *
read_file (const SinkFixture *f, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (f->folder, name, NULL);
  gchar *data;
  gsize size;

  fail_unless (g_file_get_contents (path, &data, &size, NULL), "%s", path);
  return g_bytes_new_take (data, size);
}

static GBytes *
read_header (const SinkFixture *f, const gchar *track)
{
  g_autofree gchar *path = g_build_filename (f->folder, track, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree gchar *name = NULL;
  const gchar *entry;

  while ((entry = g_dir_read_name (dir)) != NULL && name == NULL)
    if (g_str_has_prefix (entry, "init-"))
      name = g_build_filename (track, entry, NULL);
  return read_file (f, name);
}

/* Its chunks, of which the first one alone begins it. (transfer full) */
static GPtrArray *
read_segment (CmafFragmentReader *reader, const SinkFixture *f,
    const gchar *track, guint n)
{
  g_autofree gchar *name = segment_name (track, n);
  g_autoptr (GBytes) bytes = read_file (f, name);
  GPtrArray *chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);

  cmaf_fragment_reader_feed (reader, bytes);
  while (cmaf_fragment_reader_read (reader, NULL) == CMAF_READ_CHUNK) {
    CmafChunk *chunk = cmaf_fragment_reader_take_chunk (reader);

    fail_unless_equals_int (
        (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0, chunks->len == 0);
    g_ptr_array_add (chunks, chunk);
  }
  fail_unless (cmaf_fragment_reader_is_at_boundary (reader));
  fail_unless (chunks->len > 0);
  return chunks;
}

/* (transfer full), with the header of the track */
static CmafFragmentReader *
new_reader (const SinkFixture *f, const gchar *track)
{
  CmafFragmentReader *reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) header = read_header (f, track);

  cmaf_fragment_reader_feed (reader, header);
  assert_equals_int (
      cmaf_fragment_reader_read (reader, NULL), CMAF_READ_HEADER);
  return reader;
}

/* Nothing is missing, and sound begins with the first unit behind the edge. */
static void
assert_boundaries (const SinkFixture *f, guint splice, const gchar *track)
{
  g_autoptr (CmafFragmentReader) reader = new_reader (f, track);
  const CmafTrack *header = cmaf_fragment_reader_get_track (reader);
  const guint unit = header->media == CMAF_MEDIA_AUDIO ? 1024 : 1;
  guint32 sequence = 0;
  guint64 end = 0;

  for (guint n = 0; n < N_SEGMENTS; n++) {
    g_autoptr (GPtrArray) chunks = read_segment (reader, f, track, n);
    const guint64 edge = FIRST_NUMBER * G_GUINT64_CONSTANT (48)
                         + edge_of (splice, n); /* frames */
    const guint64 ticks = (edge * header->timescale + 24) / 25;
    const CmafChunk *first = chunks->pdata[0];

    fail_unless (
        first->decode_time >= ticks && first->decode_time < ticks + unit,
        "%s %u: %" G_GUINT64_FORMAT, track, n, first->decode_time);
    for (guint i = 0; i < chunks->len; i++) {
      const CmafChunk *chunk = chunks->pdata[i];

      fail_unless (end == 0 || end == chunk->decode_time);
      fail_unless (end == 0 || chunk->sequence_number - sequence < G_MAXINT32);
      fail_unless (end == 0 || chunk->sequence_number != sequence);
      sequence = chunk->sequence_number;
      end = chunk->decode_time + chunk->duration;
    }
  }
}

/* Of segment @n on they have the same chunks. */
static void
assert_alike (const SinkFixture *a, const SinkFixture *b, guint n)
{
  for (guint t = 0; t < G_N_ELEMENTS (track_names); t++) {
    const gchar *track = track_names[t];
    g_autoptr (CmafFragmentReader) reader = new_reader (a, track);

    for (guint k = n; k < N_SEGMENTS; k++) {
      g_autoptr (GPtrArray) one = read_segment (reader, a, track, k);
      g_autoptr (GPtrArray) two = read_segment (reader, b, track, k);

      assert_equals_int (one->len, two->len);
      for (guint i = 0; i < one->len; i++) {
        const CmafChunk *c = one->pdata[i], *d = two->pdata[i];

        assert_equals_uint64 (c->decode_time, d->decode_time);
        assert_equals_uint64 (c->duration, d->duration);
        assert_equals_int (c->sequence_number, d->sequence_number);
        assert_equals_int (c->marks, d->marks);
      }
    }
  }
}

static void
assert_same_segments (const SinkFixture *a, const SinkFixture *b)
{
  for (guint t = 0; t < G_N_ELEMENTS (track_names); t++)
    for (guint n = 0; n < N_SEGMENTS; n++) {
      g_autofree gchar *name = segment_name (track_names[t], n);

      chain_assert_same_file (a, b, name);
    }
}

static void
assert_same_playlists (const SinkFixture *a, const SinkFixture *b)
{
  for (guint t = 0; t < G_N_ELEMENTS (track_names); t++) {
    g_autofree gchar *name = g_strdup_printf ("%s/media.m3u8", track_names[t]);

    chain_assert_same_file (a, b, name);
  }
}

static void
assert_same_at_origin (const SinkFixture *f, guint port)
{
  for (guint t = 0; t < G_N_ELEMENTS (track_names); t++)
    for (guint n = 0; n < N_SEGMENTS; n++) {
      g_autofree gchar *name = segment_name (track_names[t], n);
      g_autoptr (GBytes) bytes = read_file (f, name);
      g_autoptr (GSocketConnection) peer = peer_connect (port);
      g_autofree gchar *head = NULL, *body = NULL, *length = NULL;
      g_autofree gchar *size =
          g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (bytes));
      g_autofree gchar *request = g_strdup_printf (
          "GET /live/live/%s/seg-%u.m4s HTTP/1.1\r\nHost: x\r\n\r\n",
          track_names[t], FIRST_NUMBER + n);

      fail_unless (peer_send (peer, request));
      assert_equals_int (peer_read_response (peer, &head, &body), 200);
      length = peer_header (head, "Content-Length");
      assert_equals_string (length, size);
      fail_unless (memcmp (body, g_bytes_get_data (bytes, NULL),
                       g_bytes_get_size (bytes))
                   == 0);
    }
}

/* "904005000 904005001 ...", of what cmaf-dump finds in the segments. */
static gchar *
dump_numbers (const gchar *tool, const SinkFixture *f, const gchar *track)
{
  g_autofree gchar *command =
      g_strdup_printf ("sh -c '%s --segments %s/%s/*.mp4 %s/%s/*.m4s'", tool,
          f->folder, track, f->folder, track);
  g_autofree gchar *out = NULL;
  g_auto (GStrv) lines = NULL;
  GString *numbers = g_string_new (NULL);

  fail_unless (g_spawn_command_line_sync (command, &out, NULL, NULL, NULL));
  lines = g_strsplit (out, "\n", -1);
  for (gchar **line = lines; *line; line++)
    if (g_str_has_prefix (*line, "segment "))
      g_string_append_printf (numbers, "%.10s", *line + strlen ("segment "));
  return g_string_free (numbers, FALSE);
}

static void
assert_dump (const SinkFixture *f)
{
  g_autofree gchar *tool = g_build_filename (
      g_getenv ("CMAF_BUILD_ROOT"), "tools", "cmaf-dump", NULL);

  if (!g_file_test (tool, G_FILE_TEST_IS_EXECUTABLE))
    return; /* not built */
  for (guint t = 0; t < G_N_ELEMENTS (track_names); t++) {
    g_autofree gchar *numbers = dump_numbers (tool, f, track_names[t]);

    assert_equals_string (numbers, "904005000 904005001 904005002 904005003 "
                                   "904005004 904005005 904005006 ");
  }
}

/* ---- the tests ---- */

typedef struct
{
  gchar *path, *cues;
  SinkFixture hls; /* of what came to no network */
} Source;

static gboolean
source_init (Source *source, guint splice)
{
  source->path =
      spliced_file_new_with_sound (SPLICED_FILE_FIRST, SEGMENT_FRAMES, 12);
  if (!source->path)
    return FALSE;
  spliced_file_insert_cue (source->path, 60, splice);
  sink_fixture_init (&source->hls, "cmafhlssink");
  source->cues = write_cues (&source->hls);
  return TRUE;
}

static void
source_clear (Source *source)
{
  sink_fixture_clear (&source->hls);
  g_unlink (source->path);
  g_free (source->path);
  g_free (source->cues);
}

static const gchar *const modes[] = { "auto", "segment", "chunked-segment",
  "long-running" };

GST_START_TEST (test_every_segment_arrives_with_its_number)
{
  const guint splice = splices[__i__];
  SinkFixture dash, received[3];
  GstElement *receivers[4];
  gchar *sinks[7] = { NULL };
  Source source;

  if (!source_init (&source, splice))
    return;
  sink_fixture_init (&dash, "cmafdashsink");
  for (guint i = 0; i < 3; i++)
    sink_fixture_init (&received[i], i == 1 ? "cmafdashsink" : "cmafhlssink");
  for (guint i = 0; i < 4; i++) {
    receivers[i] = start_receiver (i == 3   ? "cmaforiginsink"
                                   : i == 1 ? "cmafdashsink"
                                            : "cmafhlssink",
        i < 3 ? &received[i] : NULL);
    sinks[i] = g_strdup_printf (
        "httpingestsink location=http://127.0.0.1:%u/ingest request-mode=%s",
        chain_port_of (receivers[i], "in"), modes[i]);
  }
  sinks[4] = g_strdup_printf ("cmafhlssink location=%s", source.hls.folder);
  sinks[5] = g_strdup_printf ("cmafdashsink location=%s", dash.folder);
  run_sender (source.path, source.cues, (const gchar *const *)sinks);
  for (guint i = 0; i < 4; i++)
    chain_assert_eos (receivers[i]);
  for (guint t = 0; t < G_N_ELEMENTS (track_names); t++)
    assert_boundaries (&source.hls, splice, track_names[t]);
  assert_dump (&source.hls);
  for (guint i = 0; i < 3; i++)
    assert_same_segments (&source.hls, &received[i]);
  assert_same_playlists (&source.hls, &received[0]);
  assert_same_playlists (&source.hls, &received[2]);
  chain_assert_same_file (&dash, &received[1], "stream.mpd");
  assert_same_at_origin (&source.hls, chain_port_of (receivers[3], "out"));
  for (guint i = 0; i < 4; i++)
    chain_stop (receivers[i]);
  for (guint i = 0; sinks[i]; i++)
    g_free (sinks[i]);
  for (guint i = 0; i < 3; i++)
    sink_fixture_clear (&received[i]);
  sink_fixture_clear (&dash);
  source_clear (&source);
}
GST_END_TEST;

/* The second one begins a segment later. */
GST_START_TEST (test_two_encoders_cut_and_mark_alike)
{
  g_autofree gchar *a = NULL, *b = NULL, *later = NULL;
  SinkFixture other;
  Source source;

  if (!source_init (&source, splices[__i__]))
    return;
  sink_fixture_init (&other, "cmafhlssink");
  later = spliced_file_cut (source.path, SEGMENT_FRAMES);
  a = g_strdup_printf ("cmafhlssink location=%s", source.hls.folder);
  b = g_strdup_printf ("cmafhlssink location=%s", other.folder);
  run_sender (source.path, source.cues, (const gchar *const[]){ a, NULL });
  run_sender (later, source.cues, (const gchar *const[]){ b, NULL });
  assert_alike (&source.hls, &other, 2);
  g_unlink (later);
  sink_fixture_clear (&other);
  source_clear (&source);
}
GST_END_TEST;

static void
put (GSocketConnection *peer, const gchar *track, GBytes *bytes)
{
  g_autofree gchar *head = NULL, *body = NULL;
  g_autofree gchar *request =
      g_strdup_printf ("PUT /ingest/Streams(%s.cmfv) HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
          track, g_bytes_get_size (bytes));

  fail_unless (peer_send (peer, request));
  fail_unless (peer_write (
      peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  assert_equals_int (peer_read_response (peer, &head, &body), 200);
}

/* With the one that comes early. */
GST_START_TEST (test_a_receiver_begins_in_the_middle)
{
  g_autofree gchar *dir = NULL, *text = NULL, *before = NULL;
  GSocketConnection *peers[2];
  GstElement *receiver;
  SinkFixture received;
  Source source;

  if (!source_init (&source, 180))
    return;
  dir = g_strdup_printf ("cmafhlssink location=%s", source.hls.folder);
  run_sender (source.path, source.cues, (const gchar *const[]){ dir, NULL });
  sink_fixture_init (&received, "cmafhlssink");
  receiver = start_receiver ("cmafhlssink", &received);
  for (guint t = 0; t < 2; t++) {
    g_autoptr (GBytes) header = read_header (&source.hls, track_names[t]);

    peers[t] = peer_connect (chain_port_of (receiver, "in"));
    put (peers[t], track_names[t], header);
  }
  for (guint n = 4; n < N_SEGMENTS; n++)
    for (guint t = 0; t < 2; t++) {
      g_autofree gchar *name = segment_name (track_names[t], n);
      g_autoptr (GBytes) bytes = read_file (&source.hls, name);

      put (peers[t], track_names[t], bytes);
    }
  chain_assert_eos (receiver);
  chain_stop (receiver);
  for (guint t = 0; t < 2; t++)
    g_object_unref (peers[t]);
  for (guint t = 0; t < 2; t++)
    for (guint n = 4; n < N_SEGMENTS; n++) {
      g_autofree gchar *name = segment_name (track_names[t], n);

      chain_assert_same_file (&source.hls, &received, name);
    }
  before = segment_name ("v", 3);
  fail_if (sink_fixture_has (&received, before));
  text = sink_fixture_read (&received, "v/media.m3u8");
  assert_has (text, "#EXT-X-MEDIA-SEQUENCE:904005004\n");
  sink_fixture_clear (&received);
  source_clear (&source);
}
GST_END_TEST;

static Suite *
splice_chain_suite (void)
{
  Suite *suite = suite_create ("splice-chain");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_every_segment_arrives_with_its_number, 0,
      G_N_ELEMENTS (splices));
  tcase_add_loop_test (
      tcase, test_two_encoders_cut_and_mark_alike, 0, G_N_ELEMENTS (splices));
  tcase_add_test (tcase, test_a_receiver_begins_in_the_middle);
  return suite;
}

GST_CHECK_MAIN (splice_chain);
