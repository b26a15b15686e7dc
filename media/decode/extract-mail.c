/* SPDX-License-Identifier: MIT */
/* E-mail, with GMime: one message (.eml) or the first ones of an mbox. Of each the headers that a person reads, the best of its texts, and the names of what is
 * attached. A message within a message is a quote. */
#include <gmime/gmime.h>
#include <string.h>

#include "charset.h"
#include "extract.h"
#include "html.h"

/* Bytes of the file that are looked at: a longer one has attachments, whose bytes nobody asks for. */
#define MAX_MAIL (96u * 1024 * 1024)
#define MAX_MESSAGES 50
/* Messages in messages, and parts in parts. */
#define MAX_DEPTH 8
#define MAX_PARTS 1000
/* Bytes of one text. */
#define MAX_TEXT_PART (8u * 1024 * 1024)
/* A plain text that is shorter than this beside HTML only says that there is HTML. */
#define FEW_BYTES 80
/* Bytes in which the headers must be. */
#define MAX_HEADERS (64 * 1024)

typedef struct {
  Extract *extract;
  unsigned n_parts;
  GPtrArray *attachments; /* of char: lines of Markdown text */
} Mail;

static bool
is_header_byte (uint8_t byte)
{
  return byte > 0x20 && byte < 0x7f && byte != ':';
}

/* How many of the well-known headers the bytes begin with; 0 when they do not begin with headers at all, or none of them says who wrote. */
static unsigned
count_headers (const uint8_t *bytes, size_t size)
{
  static const char *const known[] = { "from", "date", "subject", "to", "message-id", "mime-version", "received", "return-path", "delivered-to", "reply-to", "cc" };
  unsigned found = 0;
  bool from = false;
  size_t at = 0;

  size = MIN (size, MAX_HEADERS);
  while (at < size && bytes[at] != '\n' && bytes[at] != '\r') {
    const uint8_t *end = memchr (bytes + at, '\n', size - at);
    size_t next = end != NULL ? (size_t) (end - bytes) + 1 : size, n = at;
    bool goes_on = bytes[at] == ' ' || bytes[at] == '\t';
    while (n < next && is_header_byte (bytes[n]))
      n++;
    if (!goes_on && (n == at || n == next || bytes[n] != ':'))
      return 0;
    for (size_t i = 0; i < G_N_ELEMENTS (known) && !goes_on; i++)
      if (strlen (known[i]) == n - at && g_ascii_strncasecmp ((const char *) bytes + at, known[i], n - at) == 0) {
        found++;
        from |= i == 0;
      }
    at = next;
  }
  return from ? found : 0;
}

static size_t
first_line (const uint8_t *bytes, size_t size)
{
  const uint8_t *end = memchr (bytes, '\n', MIN (size, 1000));
  return end != NULL ? (size_t) (end - bytes) + 1 : 0;
}

static bool
is_mbox (const Extract *extract)
{
  size_t line = extract->size > 5 && memcmp (extract->input, "From ", 5) == 0 ? first_line (extract->input, extract->size) : 0;
  return line > 0 && count_headers (extract->input + line, extract->size - line) >= 1;
}

static bool
matches (Extract *extract)
{
  unsigned enough = strcmp (extract->hint, "E-mail") == 0 ? 1 : 3;
  return is_mbox (extract) || count_headers (extract->input, extract->size) >= enough;
}

static void
write_line (Markdown *m, const char *name, const char *value)
{
  if (value == NULL || value[strspn (value, " \t\r\n")] == '\0')
    return;
  markdown_text (m, name, strlen (name), MARKDOWN_BOLD);
  markdown_text (m, " ", 1, 0);
  markdown_text (m, value, strlen (value), 0);
  markdown_break (m);
}

static void
write_addresses (Markdown *m, const char *name, InternetAddressList *list)
{
  if (list == NULL || internet_address_list_length (list) == 0)
    return;
  g_autofree char *text = internet_address_list_to_string (list, NULL, FALSE);
  write_line (m, name, text);
}

static void
set_depth (Markdown *m, unsigned *now, unsigned wanted)
{
  while (*now < wanted) {
    markdown_open_quote (m);
    ++*now;
  }
  while (*now > wanted) {
    markdown_close (m, MARKDOWN_QUOTE);
    --*now;
  }
}

/* Plain text: lines stay lines, what is quoted becomes quotes. `flowed`: a space at the end of a line says that the paragraph goes on (RFC 3676). */
static void
write_plain (Extract *extract, const char *text, bool flowed)
{
  Markdown *m = extract->markdown;
  unsigned depth = 0;

  for (const char *at = text; *at != '\0' && !extract_is_over (extract);) {
    size_t length = strcspn (at, "\n"), quotes = 0;
    const char *line = at, *end = at + length;
    at = end + (*end == '\n');
    if (end > line && end[-1] == '\r')
      end--;
    while (line < end && *line == '>' && quotes < MAX_DEPTH) {
      quotes++;
      line++;
      if (line < end && *line == ' ')
        line++;
    }
    if (quotes != depth)
      set_depth (m, &depth, (unsigned) quotes);
    while (line < end && g_ascii_isspace (*line))
      line++;
    if (line == end) {
      markdown_end_block (m);
      continue;
    }
    markdown_text (m, line, (size_t) (end - line), 0);
    if (!flowed || end[-1] != ' ')
      markdown_break (m);
    else
      markdown_text (m, " ", 1, 0);
  }
  set_depth (m, &depth, 0);
  markdown_end_block (m);
}

/* The words of a text part. Returns: g_free () it; NULL if it has none that can be read. */
static char *
load_text (GMimeObject *object)
{
  GMimeDataWrapper *content = g_mime_part_get_content (GMIME_PART (object));
  char *text = NULL;

  if (content == NULL)
    return NULL;
  GMimeStream *stream = g_mime_stream_mem_new ();
  if (g_mime_data_wrapper_write_to_stream (content, stream) >= 0) {
    const GByteArray *bytes = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
    const char *charset = g_mime_object_get_content_type_parameter (object, "charset");
    g_autofree char *in_page = NULL;
    if (charset == NULL && bytes->len > 0 && g_mime_content_type_is_type (g_mime_object_get_content_type (object), "text", "html"))
      charset = in_page = html_find_charset (bytes->data, bytes->len);
    if (bytes->len > 0)
      text = charset_to_utf8 (bytes->data, bytes->len, charset, MAX_TEXT_PART);
  }
  g_object_unref (stream);
  return text;
}

static bool
is_text (GMimeObject *object, const char *subtype)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  return GMIME_IS_PART (object) && type != NULL && g_mime_content_type_is_type (type, "text", subtype);
}

static bool
is_attached (GMimeObject *object)
{
  const char *disposition = g_mime_object_get_disposition (object);
  return (disposition != NULL && g_ascii_strcasecmp (disposition, "attachment") == 0) ||
         (GMIME_IS_PART (object) && g_mime_part_get_filename (GMIME_PART (object)) != NULL);
}

static void
write_text (Mail *mail, GMimeObject *object)
{
  g_autofree char *text = load_text (object);

  if (text == NULL)
    return;
  if (is_text (object, "html"))
    html_read (mail->extract, text, strlen (text), NULL);
  else {
    const char *format = g_mime_object_get_content_type_parameter (object, "format");
    write_plain (mail->extract, text, format != NULL && g_ascii_strcasecmp (format, "flowed") == 0);
  }
}

static void
note_attachment (Mail *mail, GMimePart *part)
{
  const char *name = g_mime_part_get_filename (part);
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));
  g_autofree char *mime_type = type != NULL ? g_mime_content_type_get_mime_type (type) : g_strdup ("application/octet-stream");
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  g_autofree char *size = NULL;

  if (content != NULL) {
    GMimeStream *stream = g_mime_stream_null_new ();
    gssize n = g_mime_data_wrapper_write_to_stream (content, stream);
    size = g_format_size ((guint64) MAX (n, 0));
    g_object_unref (stream);
  }
  mail->extract->counts[MEDIA_COUNT_ATTACHMENTS]++;
  g_ptr_array_add (mail->attachments, g_strdup_printf ("%s (%s, %s)", name != NULL ? name : "without a name", mime_type, size != NULL ? size : "empty"));
}

static void write_message (Mail *mail, GMimeMessage *message, unsigned number, unsigned depth);
static void write_part (Mail *mail, GMimeObject *object, unsigned depth);

/* Several forms of the same: the plain one, if it says something. Everything in the others that is no text is left out with them. */
static void
write_alternative (Mail *mail, GMimeMultipart *multipart, unsigned depth)
{
  GMimeObject *plain = NULL, *html = NULL, *other = NULL;

  for (int i = 0; i < g_mime_multipart_get_count (multipart); i++) {
    GMimeObject *object = g_mime_multipart_get_part (multipart, i);
    if (is_text (object, "plain") && plain == NULL)
      plain = object;
    else if (is_text (object, "html"))
      html = object;
    else if (GMIME_IS_MULTIPART (object))
      other = object;
  }
  if (plain != NULL && (html != NULL || other != NULL)) {
    g_autofree char *text = load_text (plain);
    if (text == NULL || strlen (g_strstrip (text)) < FEW_BYTES)
      plain = NULL;
  }
  GMimeObject *best = plain != NULL ? plain : html != NULL ? html : other;
  if (best == NULL && g_mime_multipart_get_count (multipart) > 0)
    best = g_mime_multipart_get_part (multipart, 0);
  if (best != NULL)
    write_part (mail, best, depth + 1);
}

static void
write_part (Mail *mail, GMimeObject *object, unsigned depth)
{
  if (mail->n_parts++ >= MAX_PARTS || depth > MAX_DEPTH || extract_is_over (mail->extract))
    return;
  if (GMIME_IS_MULTIPART_ENCRYPTED (object) || g_mime_content_type_is_type (g_mime_object_get_content_type (object), "application", "pkcs7-mime"))
    markdown_remark_block (mail->extract->markdown, "This part is encrypted and cannot be read.");
  else if (GMIME_IS_MULTIPART (object)) {
    GMimeMultipart *multipart = GMIME_MULTIPART (object);
    if (g_mime_content_type_is_type (g_mime_object_get_content_type (object), "multipart", "alternative"))
      write_alternative (mail, multipart, depth);
    else
      for (int i = 0; i < g_mime_multipart_get_count (multipart); i++)
        write_part (mail, g_mime_multipart_get_part (multipart, i), depth + 1);
  } else if (GMIME_IS_MESSAGE_PART (object)) {
    GMimeMessage *message = g_mime_message_part_get_message (GMIME_MESSAGE_PART (object));
    if (message == NULL)
      return;
    markdown_open_quote (mail->extract->markdown);
    write_message (mail, message, 0, depth + 1);
    markdown_close (mail->extract->markdown, MARKDOWN_QUOTE);
  } else if ((is_text (object, "plain") || is_text (object, "html") || is_text (object, "enriched")) && !is_attached (object))
    write_text (mail, object);
  else if (GMIME_IS_PART (object))
    note_attachment (mail, GMIME_PART (object));
}

/* `number`: of a message in an mbox, from 1; 0 for one that stands alone. */
static void
write_message (Mail *mail, GMimeMessage *message, unsigned number, unsigned depth)
{
  Markdown *m = mail->extract->markdown;
  const char *subject = g_mime_message_get_subject (message);
  GDateTime *date = g_mime_message_get_date (message);
  GPtrArray *outside = mail->attachments;

  mail->attachments = g_ptr_array_new_with_free_func (g_free);
  markdown_begin_heading (m, depth == 0 ? 1 : 2);
  if (number > 0) {
    g_autofree char *label = g_strdup_printf ("Message %u: ", number);
    markdown_own_text (m, label);
  }
  if (subject == NULL || subject[strspn (subject, " \t\r\n")] == '\0')
    subject = "(no subject)";
  markdown_text (m, subject, strlen (subject), 0);
  markdown_begin_paragraph (m);
  write_addresses (m, "From:", g_mime_message_get_from (message));
  write_addresses (m, "To:", g_mime_message_get_to (message));
  write_addresses (m, "Cc:", g_mime_message_get_cc (message));
  if (date != NULL) {
    g_autofree char *text = g_date_time_format (date, "%Y-%m-%d %H:%M %z");
    write_line (m, "Date:", text);
  }
  markdown_end_block (m);
  GMimeObject *body = g_mime_message_get_mime_part (message);
  if (body != NULL)
    write_part (mail, body, depth);
  if (mail->attachments->len > 0) {
    markdown_begin_paragraph (m);
    markdown_text (m, "Attachments:", strlen ("Attachments:"), MARKDOWN_BOLD);
    markdown_open_list (m, false, 1);
    for (guint i = 0; i < mail->attachments->len; i++) {
      const char *line = g_ptr_array_index (mail->attachments, i);
      markdown_open_item (m);
      markdown_text (m, line, strlen (line), 0);
      markdown_close (m, MARKDOWN_ITEM);
    }
    markdown_close (m, MARKDOWN_LIST);
  }
  g_ptr_array_unref (mail->attachments);
  mail->attachments = outside;
}

/* Who wrote, as a person calls them: the name, without one the address. */
static void
set_sender (Extract *extract, GMimeMessage *message)
{
  InternetAddressList *list = g_mime_message_get_from (message);
  InternetAddress *first = list != NULL && internet_address_list_length (list) > 0 ? internet_address_list_get_address (list, 0) : NULL;
  const char *name = first != NULL ? internet_address_get_name (first) : NULL;

  if ((name == NULL || name[0] == '\0') && INTERNET_ADDRESS_IS_MAILBOX (first))
    name = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (first));
  extract_set_line (&extract->sender, name);
  extract_set_line (&extract->title, g_mime_message_get_subject (message));
}

/* "From " behind an empty line begins a message. */
static uint64_t
count_messages (const uint8_t *bytes, size_t size)
{
  uint64_t n = 1;
  size_t at = 0;
  const uint8_t *found;

  while ((found = memmem (bytes + at, size - at, "\nFrom ", 6)) != NULL) {
    size_t place = (size_t) (found - bytes);
    size_t before = place > 0 && bytes[place - 1] == '\r' ? place - 1 : place;
    n += before > 0 && bytes[before - 1] == '\n';
    at = place + 6;
  }
  return n;
}

static void
read_mail (Extract *extract)
{
  size_t size = MIN (extract->size, MAX_MAIL);
  /* Only read, never grown: GMime asks for an array. */
  GByteArray view = { (guint8 *) extract->input, (guint) size };
  bool mbox = is_mbox (extract);
  Mail mail = { .extract = extract };
  unsigned n = 0;

  extract->format = mbox ? "mbox" : "E-mail";
  GMimeStream *stream = g_mime_stream_mem_new ();
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), &view);
  g_mime_stream_set_bounds (stream, 0, (gint64) size);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  g_mime_parser_set_format (parser, mbox ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
  while (n < (mbox ? MAX_MESSAGES : 1) && !g_mime_parser_eos (parser) && !extract_is_over (extract)) {
    GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
    if (message == NULL)
      break;
    n++;
    if (!mbox)
      set_sender (extract, message);
    write_message (&mail, message, mbox ? n : 0, 0);
    g_object_unref (message);
  }
  g_object_unref (parser);
  g_object_unref (stream);
  uint64_t all = mbox ? MAX (count_messages (extract->input, extract->size), n) : n;
  extract->counts[MEDIA_COUNT_PARTS] = all;
  if (all > n) {
    extract->counts[MEDIA_COUNT_PARTS_LEFT_OUT] = all - n;
    markdown_remark_block (extract->markdown, "Only the first %u of %" G_GUINT64_FORMAT " messages are here.", n, all);
  }
  if (n == 0)
    extract_damaged (extract);
}

const ExtractFormat extract_mail = { matches, read_mail };
