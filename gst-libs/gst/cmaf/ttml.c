/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* TTML documents read into cues, and written again. A cue keeps its paragraph
 * as text in two parts, between which its id and its times go. */
#include "ttml.h"

#include "box-writer.h"
#include "ttml-time.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#define NS_TT "http://www.w3.org/ns/ttml"
#define NS_PARAMETER NS_TT "#parameter"
#define MIME_TYPE "application/ttml+xml;codecs=im1t"
#define PARSE_OPTIONS                                                          \
  (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING                   \
      | XML_PARSE_NOCDATA)
#define MAX_DEPTH 32
#define MAX_CUES 10000
#define MAX_SPAN_EDGES 64
#define FOREVER CMAF_CUE_OPEN

typedef struct
{
  TtmlRates rates;
  GPtrArray *cues;
  GString *open;  /* start tags of the divs around */
  GString *close; /* their end tags */
} Parser;

typedef struct
{
  guint64 begin, end;
} Interval;

/* --- XML --- */

#define X(text) ((const xmlChar *)(text))

static gboolean
is_element (const xmlNode *node, const gchar *name)
{
  return node->type == XML_ELEMENT_NODE
         && strcmp ((const gchar *)node->name, name) == 0 && node->ns
         && strcmp ((const gchar *)node->ns->href, NS_TT) == 0;
}

/* (transfer full) (nullable) */
static gchar *
get_attribute (xmlNode *node, const gchar *name, const gchar *space)
{
  xmlChar *value = space ? xmlGetNsProp (node, X (name), X (space))
                         : xmlGetNoNsProp (node, X (name));
  gchar *copy = value ? g_strdup ((const gchar *)value) : NULL;

  xmlFree (value);
  return copy;
}

static gboolean
is_timing (const xmlAttr *attribute)
{
  static const gchar *const names[] = { "begin", "end", "dur",
    "timeContainer" };
  static const gchar *const parameters[] = { "timeBase", "clockMode",
    "dropMode", "markerMode", "frameRate", "frameRateMultiplier",
    "subFrameRate", "tickRate" };
  const gchar *name = (const gchar *)attribute->name;

  if (!attribute->ns) {
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (strcmp (name, names[i]) == 0)
        return TRUE;
    return FALSE;
  }
  if (strcmp ((const gchar *)attribute->ns->href, NS_PARAMETER) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (strcmp (name, parameters[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_id (const xmlAttr *attribute)
{
  return attribute->ns && strcmp ((const gchar *)attribute->name, "id") == 0
         && strcmp ((const gchar *)attribute->ns->href,
                (const gchar *)XML_XML_NAMESPACE)
                == 0;
}

static void
strip (xmlNode *node, gboolean with_id)
{
  xmlAttr *attribute = node->properties, *next;

  for (; attribute; attribute = next) {
    next = attribute->next;
    if (is_timing (attribute) || (with_id && is_id (attribute)))
      xmlRemoveProp (attribute);
  }
}

/* Ids of parts of a paragraph that becomes several. */
static void
strip_ids (xmlNode *node, guint depth)
{
  for (xmlNode *child = node->children; child && depth < MAX_DEPTH;
       child = child->next) {
    xmlAttr *attribute, *next;

    if (child->type != XML_ELEMENT_NODE)
      continue;
    for (attribute = child->properties; attribute; attribute = next) {
      next = attribute->next;
      if (is_id (attribute))
        xmlRemoveProp (attribute);
    }
    strip_ids (child, depth + 1);
  }
}

static void
append_name (GString *text, const xmlNs *ns, const xmlChar *name)
{
  if (ns && ns->prefix)
    g_string_append_printf (text, "%s:", (const gchar *)ns->prefix);
  g_string_append (text, (const gchar *)name);
}

static void
append_value (GString *text, const gchar *value)
{
  g_autofree gchar *escaped = g_markup_escape_text (value, -1);

  g_string_append_printf (text, "=\"%s\"", escaped);
}

/* The start tag of @node as it is. */
static void
append_start_tag (GString *text, xmlNode *node)
{
  g_string_append_c (text, '<');
  append_name (text, node->ns, node->name);
  for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
    g_string_append (text, ns->prefix ? " xmlns:" : " xmlns");
    if (ns->prefix)
      g_string_append (text, (const gchar *)ns->prefix);
    append_value (text, ns->href ? (const gchar *)ns->href : "");
  }
  for (xmlAttr *a = node->properties; a; a = a->next) {
    xmlChar *value = xmlNodeListGetString (node->doc, a->children, 1);

    g_string_append_c (text, ' ');
    append_name (text, a->ns, a->name);
    append_value (text, value ? (const gchar *)value : "");
    xmlFree (value);
  }
  g_string_append_c (text, '>');
}

static void
append_end_tag (GString *text, const xmlNode *node)
{
  g_string_append (text, "</");
  append_name (text, node->ns, node->name);
  g_string_append_c (text, '>');
}

/* (transfer full) */
static gchar *
dump (xmlNode *node)
{
  xmlBuffer *buffer = xmlBufferCreate ();
  gchar *text;

  xmlNodeDump (buffer, node->doc, node, 0, 0);
  text = g_strdup ((const gchar *)xmlBufferContent (buffer));
  xmlBufferFree (buffer);
  return text;
}

/* --- times --- */

static gboolean
get_time (Parser *p, xmlNode *node, const gchar *name, guint64 *ns)
{
  g_autofree gchar *text = get_attribute (node, name, NULL);

  return text && ttml_time_parse (text, &p->rates, ns);
}

static guint64
after (guint64 reference, guint64 time)
{
  return time > FOREVER - reference ? FOREVER : reference + time;
}

/* When @node is active; @reference is what its times count from. */
static Interval
active_time (Parser *p, xmlNode *node, guint64 reference, guint64 parent_end)
{
  Interval active = { reference, parent_end };
  guint64 time;

  if (get_time (p, node, "begin", &time))
    active.begin = after (reference, time);
  if (get_time (p, node, "end", &time))
    active.end = MIN (active.end, after (reference, time));
  if (get_time (p, node, "dur", &time))
    active.end = MIN (active.end, after (active.begin, time));
  return active;
}

static gboolean
is_sequence (xmlNode *node)
{
  g_autofree gchar *value = get_attribute (node, "timeContainer", NULL);

  return g_strcmp0 (value, "seq") == 0;
}

/* --- paragraphs --- */

/* Adds where spans below @node begin or end inside of @within. */
static void
find_span_edges (Parser *p, xmlNode *node, Interval within, Interval parent,
    GArray *edges, guint depth)
{
  for (xmlNode *child = node->children; child && depth < MAX_DEPTH;
       child = child->next) {
    Interval active;

    if (child->type != XML_ELEMENT_NODE)
      continue;
    active = active_time (p, child, parent.begin, parent.end);
    if (edges->len < MAX_SPAN_EDGES && active.begin > within.begin
        && active.begin < within.end)
      g_array_append_val (edges, active.begin);
    if (edges->len < MAX_SPAN_EDGES && active.end > within.begin
        && active.end < within.end)
      g_array_append_val (edges, active.end);
    find_span_edges (p, child, within, active, edges, depth + 1);
  }
}

/* Takes out what is not active all through @within, and all times. */
static void
prune (Parser *p, xmlNode *node, Interval within, Interval parent, guint depth)
{
  xmlNode *child = node->children, *next;

  for (; child; child = next) {
    Interval active;

    next = child->next;
    if (child->type != XML_ELEMENT_NODE)
      continue;
    active = active_time (p, child, parent.begin, parent.end);
    if (active.begin > within.begin || active.end < within.end
        || depth >= MAX_DEPTH) {
      xmlUnlinkNode (child);
      xmlFreeNode (child);
      continue;
    }
    prune (p, child, within, active, depth + 1);
    strip (child, FALSE);
  }
}

static gboolean
has_text (xmlNode *node)
{
  xmlChar *content = xmlNodeGetContent (node);
  gboolean has = FALSE;

  for (const xmlChar *c = content; c && *c && !has; c++)
    has = !g_ascii_isspace (*c);
  xmlFree (content);
  return has;
}

/* @node, a paragraph without times, is shown through @active. */
static void
add_cue (Parser *p, xmlNode *node, Interval active, const gchar *id)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GString) open = NULL;
  g_autoptr (GString) rest = NULL;
  gsize name;

  if (p->cues->len >= MAX_CUES || !has_text (node)
      || active.end <= active.begin)
    return;
  text = dump (node);
  name = 1 + strcspn (text + 1, " \t\r\n/>");
  open = g_string_new (p->open->str);
  g_string_append_len (open, text, (gssize)name);
  rest = g_string_new (text + name);
  g_string_append (rest, p->close->str);
  g_ptr_array_add (p->cues,
      cmaf_cue_new (active.begin, active.end, id, open->str, rest->str));
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;

  return x < y ? -1 : x > y;
}

/* A copy of @node for each time between @edges. */
static void
add_parts (
    Parser *p, xmlNode *node, Interval active, const gchar *id, GArray *edges)
{
  guint64 begin = active.begin;

  g_array_sort (edges, compare_times);
  g_array_append_val (edges, active.end);
  for (guint i = 0; i < edges->len; i++) {
    guint64 end = g_array_index (edges, guint64, i);
    Interval part = { begin, end };
    g_autofree gchar *part_id =
        id ? g_strdup_printf ("%s-%u", id, i + 1) : NULL;
    xmlNode *copy = NULL;

    if (end <= begin)
      continue;
    if (xmlDOMWrapCloneNode (
            NULL, node->doc, node, &copy, node->doc, node->parent, 1, 0)
        != 0) {
      xmlFreeNode (copy);
      continue;
    }
    prune (p, copy, part, active, 0);
    add_cue (p, copy, part, part_id);
    xmlFreeNode (copy);
    begin = end;
  }
}

static void
take_paragraph (Parser *p, xmlNode *node, Interval active)
{
  g_autofree gchar *id =
      get_attribute (node, "id", (const gchar *)XML_XML_NAMESPACE);
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (guint64));

  strip (node, TRUE);
  find_span_edges (p, node, active, active, edges, 0);
  if (edges->len > 0) {
    strip_ids (node, 0);
    add_parts (p, node, active, id, edges);
    return;
  }
  prune (p, node, active, active, 0);
  add_cue (p, node, active, id);
}

static void take_children (
    Parser *p, xmlNode *node, Interval active, gboolean is_seq, guint depth);

static void
take_division (Parser *p, xmlNode *node, Interval active, guint depth)
{
  gsize n_open = p->open->len;
  g_autofree gchar *outer = g_strdup (p->close->str);
  gboolean is_seq = is_sequence (node);

  strip (node, TRUE);
  append_start_tag (p->open, node);
  g_string_truncate (p->close, 0);
  append_end_tag (p->close, node);
  g_string_append (p->close, outer);
  take_children (p, node, active, is_seq, depth + 1);
  g_string_truncate (p->open, n_open);
  g_string_assign (p->close, outer);
}

/* Divisions and paragraphs in @node, whose own times are known. */
static void
take_children (
    Parser *p, xmlNode *node, Interval active, gboolean is_seq, guint depth)
{
  guint64 reference = active.begin;

  for (xmlNode *child = node->children; child && depth < MAX_DEPTH;
       child = child->next) {
    Interval inner;

    if (!is_element (child, "div") && !is_element (child, "p"))
      continue;
    inner = active_time (p, child, reference, active.end);
    if (is_seq)
      reference = inner.end;
    if (is_element (child, "div"))
      take_division (p, child, inner, depth);
    else
      take_paragraph (p, child, inner);
  }
}

/* --- documents, read --- */

void
cmaf_ttml_frame_init (CmafTtmlFrame *frame, const gchar *language)
{
  g_autofree gchar *escaped =
      g_markup_escape_text (language ? language : "", -1);

  frame->before = g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<tt xmlns=\"" NS_TT "\" xmlns:ttp=\"" NS_PARAMETER
      "\" xmlns:tts=\"" NS_TT "#styling\" "
      "ttp:profile=\"" NS_TT "/profile/imsc1/text\" xml:lang=\"%s\">"
      "<head><layout><region xml:id=\"bottom\" tts:origin=\"10%% 10%%\" "
      "tts:extent=\"80%% 80%%\" tts:displayAlign=\"after\" "
      "tts:textAlign=\"center\"/></layout></head>"
      "<body region=\"bottom\"><div>",
      escaped);
  frame->after = g_strdup ("</div></body></tt>\n");
}

void
cmaf_ttml_frame_clear (CmafTtmlFrame *frame)
{
  g_clear_pointer (&frame->before, g_free);
  g_clear_pointer (&frame->after, g_free);
}

static void
take_frame (CmafTtmlFrame *frame, xmlNode *root, xmlNode *head, xmlNode *body)
{
  GString *before =
      g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  GString *after = g_string_new (NULL);

  strip (root, FALSE);
  append_start_tag (before, root);
  if (head) {
    g_autofree gchar *text = dump (head);

    g_string_append (before, text);
  }
  if (body) {
    strip (body, FALSE);
    append_start_tag (before, body);
    append_end_tag (after, body);
  }
  append_end_tag (after, root);
  g_string_append_c (after, '\n');
  cmaf_ttml_frame_clear (frame);
  frame->before = g_string_free (before, FALSE);
  frame->after = g_string_free (after, FALSE);
}

static void
read_rates (Parser *p, xmlNode *root)
{
  g_autofree gchar *frame = get_attribute (root, "frameRate", NS_PARAMETER);
  g_autofree gchar *multiplier =
      get_attribute (root, "frameRateMultiplier", NS_PARAMETER);
  g_autofree gchar *sub = get_attribute (root, "subFrameRate", NS_PARAMETER);
  g_autofree gchar *tick = get_attribute (root, "tickRate", NS_PARAMETER);

  ttml_rates_init (&p->rates, frame, multiplier, sub, tick);
}

static xmlNode *
find_child (xmlNode *node, const gchar *name)
{
  for (xmlNode *child = node->children; child; child = child->next)
    if (is_element (child, name))
      return child;
  return NULL;
}

static void
parse_root (Parser *p, xmlNode *root, CmafTtmlFrame *frame)
{
  xmlNode *body = find_child (root, "body");
  Interval active = { 0, FOREVER };
  gboolean is_seq = FALSE;

  read_rates (p, root);
  if (body) {
    active = active_time (p, body, 0, FOREVER);
    is_seq = is_sequence (body);
  }
  take_frame (frame, root, find_child (root, "head"), body);
  if (body)
    take_children (p, body, active, is_seq, 0);
}

gboolean
cmaf_ttml_parse (const gchar *document, gsize size, CmafTtmlFrame *frame,
    GPtrArray *cues, GError **error)
{
  xmlDoc *doc = size <= G_MAXINT ? xmlReadMemory (
                    document, (gint)size, NULL, NULL, PARSE_OPTIONS)
                                 : NULL;
  xmlNode *root = doc ? xmlDocGetRootElement (doc) : NULL;
  gboolean is_ttml = root && is_element (root, "tt");

  if (is_ttml) {
    Parser p = {
      .cues = cues, .open = g_string_new (NULL), .close = g_string_new (NULL)
    };

    parse_root (&p, root, frame);
    g_string_free (p.open, TRUE);
    g_string_free (p.close, TRUE);
  } else {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "TTML: found %s in %" G_GSIZE_FORMAT
        " bytes, needs a document with root tt of " NS_TT,
        root  ? "another root"
        : doc ? "no root"
              : "no XML",
        size);
  }
  xmlFreeDoc (doc);
  return is_ttml;
}

/* --- documents, written --- */

static void
append_cue (GString *text, const CmafCue *cue, guint64 start, guint64 end,
    guint32 timescale)
{
  g_string_append (text, cue->settings ? cue->settings : "<p");
  g_string_append (text, " xml:id");
  if (cue->id && cue->id[0]) {
    append_value (text, cue->id);
  } else {
    g_autofree gchar *id = g_strdup_printf ("c%08x", cmaf_cue_source_id (cue));

    append_value (text, id);
  }
  g_string_append (text, " begin=\"");
  ttml_time_append (text, MAX (cue->start, start), timescale);
  g_string_append (text, "\" end=\"");
  ttml_time_append (text, MIN (cue->end, end), timescale);
  g_string_append_c (text, '"');
  g_string_append (text, cue->text);
}

GBytes *
cmaf_ttml_write (const CmafTtmlFrame *frame, const CmafCue *const *cues,
    guint n, guint64 start, guint64 end, guint32 timescale)
{
  GString *text = g_string_new (frame->before);

  for (guint i = 0; i < n; i++)
    append_cue (text, cues[i], start, end, timescale);
  g_string_append (text, frame->after);
  return g_string_free_to_bytes (text);
}

GBytes *
cmaf_ttml_config (void)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_string (&w, NS_TT);
  cmaf_box_writer_string (&w, "");
  cmaf_box_writer_string (&w, "");
  cmaf_box_writer_begin_full (&w, CMAF_BOX_MIME, 0, 0);
  cmaf_box_writer_string (&w, MIME_TYPE);
  cmaf_box_writer_end (&w);
  return cmaf_box_writer_finish (&w, NULL);
}
