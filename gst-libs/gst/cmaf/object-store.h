/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where named objects go: segments and manifests. One small interface; the
 * directory and the memory are in directory-store.h and memory-store.h.
 * Names are relative paths with '/' between elements, which are never empty and
 * never begin with a dot: a store refuses others with CMAF_ERROR_CONFIG. A
 * store has its own lock; a writer belongs to one thread at a time. Since: 0.1
 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_OBJECT_ATOMIC = 0,           /* readers see all of it or nothing */
  CMAF_OBJECT_GROWING = 1 << 0,     /* readers see a prefix that only grows */
  CMAF_OBJECT_CREATE_ONLY = 1 << 1, /* CMAF_ERROR_EXISTS when it is there */
} CmafObjectFlags;

typedef enum
{
  CMAF_OBJECT_STORED,
  CMAF_OBJECT_PENDING, /* committed, and on its way */
  CMAF_OBJECT_LOST,    /* was given up; may be stored later all the same */
} CmafObjectState;

typedef struct _CmafObjectStore CmafObjectStore;
typedef struct _CmafObjectWriter CmafObjectWriter;

/* A backend embeds these as first member. */
typedef struct
{
  CmafObjectWriter *(*begin) (CmafObjectStore *store, const gchar *name,
      const gchar *content_type, CmafObjectFlags flags, GError **error);
  gboolean (*append) (CmafObjectWriter *writer, GBytes *const *pieces,
      guint n_pieces, GError **error);
  gboolean (*show) (CmafObjectWriter *writer, GError **error);   /* NULL: no */
  gboolean (*commit) (CmafObjectWriter *writer, GError **error); /* frees */
  void (*abort) (CmafObjectWriter *writer);                      /* frees */
  GBytes *(*get) (CmafObjectStore *store, const gchar *name, GError **error);
  gboolean (*contains) (CmafObjectStore *store, const gchar *name);
  /* of gchar *, sorted, all names that begin with @prefix */
  GPtrArray *(*list) (
      CmafObjectStore *store, const gchar *prefix, GError **error);
  gboolean (*remove) (
      CmafObjectStore *store, const gchar *name, GError **error);
  void (*tidy) (CmafObjectStore *store, const gchar *name); /* NULL: nothing */
  /* NULL: what is committed is stored */
  CmafObjectState (*look) (CmafObjectStore *store, const gchar *name);
  void (*free) (CmafObjectStore *store);
} CmafObjectStoreClass;

struct _CmafObjectStore
{
  const CmafObjectStoreClass *klass;
  gatomicrefcount ref_count;
};

struct _CmafObjectWriter
{
  CmafObjectStore *store; /* holds a reference */
};

CMAF_API CmafObjectStore *cmaf_object_store_ref (CmafObjectStore *store);
CMAF_API void cmaf_object_store_unref (CmafObjectStore *store);
CMAF_API CmafObjectWriter *cmaf_object_store_begin (CmafObjectStore *store,
    const gchar *name, const gchar *content_type, CmafObjectFlags flags,
    GError **error);
CMAF_API gboolean cmaf_object_writer_append (CmafObjectWriter *writer,
    GBytes *const *pieces, guint n_pieces, GError **error);
/* What was appended is seen from now on, and what follows as it comes: ATOMIC
 * becomes GROWING, in a store that outlives the process. */
CMAF_API gboolean cmaf_object_writer_show (
    CmafObjectWriter *writer, GError **error);
/* Either of these frees @writer. */
CMAF_API gboolean cmaf_object_writer_commit (
    CmafObjectWriter *writer, GError **error);
CMAF_API void cmaf_object_writer_abort (CmafObjectWriter *writer);
/* begin, append, commit */
CMAF_API gboolean cmaf_object_store_put (CmafObjectStore *store,
    const gchar *name, const gchar *content_type, CmafObjectFlags flags,
    GBytes *bytes, GError **error);
CMAF_API GBytes *cmaf_object_store_get (
    CmafObjectStore *store, const gchar *name, GError **error);
CMAF_API gboolean cmaf_object_store_contains (
    CmafObjectStore *store, const gchar *name);
CMAF_API GPtrArray *cmaf_object_store_list (
    CmafObjectStore *store, const gchar *prefix, GError **error);
CMAF_API gboolean cmaf_object_store_remove (
    CmafObjectStore *store, const gchar *name, GError **error);
/* The folder that @name was in goes, when it is empty and nobody is about to
 * write into it. */
CMAF_API void cmaf_object_store_tidy (
    CmafObjectStore *store, const gchar *name);
/* Commits return before the object is stored. */
CMAF_API gboolean cmaf_object_store_is_deferred (const CmafObjectStore *store);
/* Of an object that was committed, and not removed since. */
CMAF_API CmafObjectState cmaf_object_store_look (
    CmafObjectStore *store, const gchar *name);
/* Whether CREATE_ONLY is what it says, which not every server can tell by
 * itself: stores @name twice, with other bytes, and removes it. FALSE without
 * @error: what was there was replaced. */
CMAF_API gboolean cmaf_object_store_knows_create_only (
    CmafObjectStore *store, const gchar *name, GError **error);
/* The name rule above. */
CMAF_API gboolean cmaf_object_name_is_valid (const gchar *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafObjectStore, cmaf_object_store_unref)

G_END_DECLS
