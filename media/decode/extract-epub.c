/* SPDX-License-Identifier: MIT */
/* EPUB: the chapters of a book in the order in which it is read, each under a heading. META-INF/container.xml names the package, whose manifest names the files and
 * whose spine their order. */
#include <string.h>

#include "charset.h"
#include "html.h"
#include "xml.h"
#include "zip.h"

/* Bytes of one chapter. */
#define MAX_CHAPTER (16u * 1024 * 1024)
#define MAX_CHAPTERS 10000

typedef struct {
  Extract *extract;
  char *package;       /* the name of the package file */
  GHashTable *files;   /* id → name, both owned */
  GPtrArray *spine;    /* ids, owned */
  bool in_title, in_creator;
  bool locked;
} Book;

static bool
matches (Extract *extract)
{
  return zip_matches (extract) && zip_open (extract) && zip_has (extract, "META-INF/container.xml");
}

static void
on_rootfile (Xml *xml, void *data)
{
  Book *book = data;
  if (book->package == NULL)
    book->package = zip_resolve ("", xml_attribute (xml, "full-path"));
}

static const XmlElement container_elements[] = { { "rootfile", on_rootfile, NULL } };
static const XmlHandler container = { container_elements, G_N_ELEMENTS (container_elements), NULL };

/* Fonts may be scrambled in every book; anything else that is encrypted is for the shop's own reader. */
static void
on_method (Xml *xml, void *data)
{
  Book *book = data;
  const char *algorithm = xml_attribute (xml, "Algorithm");
  if (!g_str_has_prefix (algorithm, "http://www.idpf.org/2008/embedding") && !g_str_has_prefix (algorithm, "http://ns.adobe.com/pdf/enc#RC"))
    book->locked = true;
}

static const XmlElement encryption_elements[] = { { "EncryptedKey", xml_skip, NULL }, { "EncryptionMethod", on_method, NULL } };
static const XmlHandler encryption = { encryption_elements, G_N_ELEMENTS (encryption_elements), NULL };

static void
on_title (Xml *xml, void *data)
{
  ((Book *) data)->in_title = true;
}

static void
on_creator (Xml *xml, void *data)
{
  ((Book *) data)->in_creator = true;
}

static void
on_metadata_end (Xml *xml, void *data)
{
  Book *book = data;
  book->in_title = book->in_creator = false;
}

static void
on_item (Xml *xml, void *data)
{
  Book *book = data;
  g_autofree char *id = g_strdup (xml_attribute (xml, "id"));
  const char *href = xml_attribute (xml, "href");
  if (id[0] != '\0' && href[0] != '\0' && g_hash_table_size (book->files) < ZIP_MAX_ENTRIES)
    g_hash_table_insert (book->files, g_steal_pointer (&id), zip_resolve (book->package, href));
}

static void
on_itemref (Xml *xml, void *data)
{
  Book *book = data;
  if (book->spine->len < MAX_CHAPTERS)
    g_ptr_array_add (book->spine, g_strdup (xml_attribute (xml, "idref")));
}

static const XmlElement package_elements[] = {
  { "title", on_title, on_metadata_end }, { "creator", on_creator, on_metadata_end }, { "item", on_item, NULL }, { "itemref", on_itemref, NULL },
};

static void
on_text (Xml *xml, const char *text, void *data)
{
  Book *book = data;
  if (book->in_title)
    extract_set_line (&book->extract->title, text);
  if (book->in_creator)
    extract_set_line (&book->extract->sender, text);
}

static const XmlHandler package = { package_elements, G_N_ELEMENTS (package_elements), on_text };

/* Returns whether it had words. `number`: of the chapters that have, from 1. */
static bool
read_chapter (Extract *extract, const char *name, unsigned number)
{
  Markdown *m = extract->markdown;
  size_t length, mark = markdown_mark (m);
  g_autofree char *title = NULL;
  bool heading;
  g_autofree char *bytes = zip_load (extract, name, MAX_CHAPTER, &length);

  if (bytes == NULL) {
    if (!extract_is_over (extract))
      extract->counts[MEDIA_COUNT_PARTS_DAMAGED]++;
    return false;
  }
  g_autofree char *charset = html_find_charset ((const uint8_t *) bytes, length);
  g_autofree char *text = charset_to_utf8 ((const uint8_t *) bytes, length, charset, MAX_CHAPTER);
  if (text == NULL) {
    extract->counts[MEDIA_COUNT_PARTS_DAMAGED]++;
    return false;
  }
  html_read (extract, text, strlen (text), &title);
  if (!markdown_wrote (m, mark, &heading))
    return false;
  if (!heading) {
    g_autofree char *numbered = g_strdup_printf ("Section %u", number);
    bool tells = title != NULL && g_strcmp0 (title, extract->title) != 0;
    markdown_insert_heading (m, mark, 1, tells ? title : numbered);
  }
  return true;
}

static void
read_book (Extract *extract)
{
  Book book = { .extract = extract, .files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free), .spine = g_ptr_array_new_with_free_func (g_free) };
  unsigned n = 0;

  extract->format = "EPUB";
  if (zip_has (extract, "META-INF/encryption.xml"))
    xml_read_part (extract, "META-INF/encryption.xml", &encryption, &book);
  xml_read_part (extract, "META-INF/container.xml", &container, &book);
  if (book.locked)
    extract_fail (extract, MEDIA_FAULT_LOCKED, 0, 0);
  else if (book.package == NULL || (!xml_read_part (extract, book.package, &package, &book) && book.spine->len == 0))
    extract_damaged (extract);
  for (unsigned i = 0; i < book.spine->len && !extract_is_over (extract); i++) {
    const char *name = g_hash_table_lookup (book.files, g_ptr_array_index (book.spine, i));
    if (name == NULL)
      extract->counts[MEDIA_COUNT_PARTS_DAMAGED]++;
    else
      n += read_chapter (extract, name, n + 1);
    extract->counts[MEDIA_COUNT_PARTS] = n;
  }
  if (n == 0 && extract->counts[MEDIA_COUNT_PARTS_DAMAGED] > 0)
    extract_damaged (extract);
  g_hash_table_unref (book.files);
  g_ptr_array_unref (book.spine);
  g_free (book.package);
}

const ExtractFormat extract_epub = { matches, read_book };
