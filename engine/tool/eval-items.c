/* SPDX-License-Identifier: MIT */
#include "eval.h"

#include "grammar/json.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHOICES_MOST 26

static uint64_t
hash_of (const char *bytes, size_t n)
{
  uint64_t hash = 0xcbf29ce484222325u;

  for (size_t i = 0; i < n; i++)
    hash = (hash ^ (uint8_t) bytes[i]) * 0x100000001b3u;
  return hash;
}

/* ---- reading ------------------------------------------------------------------------ */

/* setjmp () stands in a function of its own, so that no variable changes after it. */
static const EngineJson *
read_json (EngineBuild *build, const char *text, size_t n_bytes)
{
  return ENGINE_BUILD_ENTER (build) ? NULL : engine_json_read (build, text, n_bytes);
}

typedef bool (*TakeLine) (void *user, const EngineJson *line, EngineError *error);

/* Calls `take` for each line that is not empty. */
static bool
each_line (const char *text, const char *path, TakeLine take, void *user, EngineError *error)
{
  size_t number = 1;

  for (const char *at = text; *at; number++) {
    size_t n = strcspn (at, "\n");
    EngineError why = { 0 };
    EngineBuild build = { .error = &why };
    const EngineJson *json = strspn (at, " \t\r") < n ? read_json (&build, at, n) : NULL;

    if (why.code == ENGINE_BAD_INPUT)
      engine_fail (error, ENGINE_BAD_INPUT, "Line %zu of the file \"%.200s\" is no JSON.", number, path);
    else if (json)
      take (user, json, &why);
    engine_build_clear (&build);
    if (why.code != ENGINE_OK)
      return engine_fail (error, why.code, "Line %zu of the file \"%.200s\": %.250s", number, path, why.message);
    at += n + (at[n] == '\n');
  }
  return true;
}

static const char *
string_of (const EngineJson *json, const char *key)
{
  const EngineJson *value = engine_json_member (json, key);

  return value && value->kind == ENGINE_JSON_STRING ? value->text : NULL;
}

static double
number_of (const EngineJson *json, const char *key)
{
  const EngineJson *value = engine_json_member (json, key);
  EngineText text = { 0 };
  double number = 0;

  if (value && value->kind == ENGINE_JSON_NUMBER)
    engine_json_write (&text, value);
  if (text.bytes)
    number = strtod (text.bytes, NULL);
  free (text.bytes);
  return number;
}

static char *
trimmed (const char *text, size_t n)
{
  while (n > 0 && isspace ((unsigned char) text[n - 1]))
    n--;
  while (n > 0 && isspace ((unsigned char) *text))
    text++, n--;
  return strndup (text, n);
}

/* Behind the last "####", or all of it. */
static const char *
behind_hashes (const char *text)
{
  const char *found = NULL;

  for (const char *at = text; (at = strstr (at, "####")); at += 4)
    found = at + 4;
  return found ? found : text;
}

/* The letter of the right choice. */
static bool
find_choice (const EngineJson *choices, const EngineJson *answer, char *letter, EngineError *error)
{
  int64_t place = -1;

  if (answer->kind == ENGINE_JSON_NUMBER && !engine_decimal_int (&answer->number, 0, (int64_t) choices->n - 1, &place))
    place = -1;
  if (answer->kind == ENGINE_JSON_STRING && strlen (answer->text) == 1 && toupper (answer->text[0]) >= 'A' && toupper (answer->text[0]) < 'A' + (int) choices->n)
    place = toupper (answer->text[0]) - 'A';
  for (size_t i = 0; answer->kind == ENGINE_JSON_STRING && place < 0 && i < choices->n; i++)
    if (engine_json_equal (choices->items[i], answer))
      place = (int64_t) i;
  *letter = (char) ('A' + place);
  return place >= 0 || engine_fail (error, ENGINE_BAD_INPUT, "The \"answer\" is none of the choices: it has to be a letter, a place from 0, or one of their texts.");
}

static void
write_choices (EngineText *question, const EngineJson *choices)
{
  for (size_t i = 0; i < choices->n; i++)
    engine_text_printf (question, "\n%c. %s", (char) ('A' + i), choices->items[i]->kind == ENGINE_JSON_STRING ? choices->items[i]->text : "");
  engine_text_printf (question, "\n\nReply with the letter of the right choice only.");
}

static bool
take_item (void *user, const EngineJson *line, EngineError *error)
{
  EvalSet *set = user;
  const EngineJson *choices = engine_json_member (line, "choices"), *answer = engine_json_member (line, "answer");
  const char *text = string_of (line, "question"), *id = string_of (line, "id");
  EngineText question = { 0 };
  EvalItem item = { 0 }, *larger;
  char letter = '\0', made[24];

  if (!text || !answer || (answer->kind != ENGINE_JSON_STRING && !choices))
    return engine_fail (error, ENGINE_BAD_INPUT, "A problem needs a \"question\" and an \"answer\", both of them texts.");
  if (choices && (choices->kind != ENGINE_JSON_ARRAY || choices->n < 2 || choices->n > CHOICES_MOST))
    return engine_fail (error, ENGINE_BAD_INPUT, "The \"choices\" have to be a list of 2 to %d texts.", CHOICES_MOST);
  if (choices && !find_choice (choices, answer, &letter, error))
    return false;
  item.chooses = choices != NULL;
  engine_text_append (&question, text, strlen (text));
  if (choices)
    write_choices (&question, choices);
  else
    engine_text_printf (&question, "\n\nReply with the result only: the number, date or word that is asked for.");
  snprintf (made, sizeof made, "%016" PRIx64, hash_of (question.bytes ? question.bytes : "", question.length));
  item.question = question.bytes;
  item.id = strdup (id ? id : made);
  item.answer = choices ? strndup (&letter, 1) : trimmed (behind_hashes (answer->text), strlen (behind_hashes (answer->text)));
  larger = realloc (set->items, (set->n + 1) * sizeof *larger);
  set->items = larger ? larger : set->items;
  if (larger && !question.failed && item.id && item.answer) {
    set->items[set->n++] = item;
    return true;
  }
  free (item.question);
  free (item.id);
  free (item.answer);
  return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the problems.");
}

bool
eval_set_read (EvalSet *set, const char *path, EngineError *error)
{
  size_t n_bytes;
  char *text = tool_read_file (path, &n_bytes, error);
  bool ok;

  *set = (EvalSet) { 0 };
  if (!text)
    return false;
  set->hash = hash_of (text, n_bytes);
  ok = each_line (text, path, take_item, set, error);
  free (text);
  if (ok && set->n == 0)
    ok = engine_fail (error, ENGINE_BAD_INPUT, "The file \"%.200s\" holds no problems.", path);
  if (!ok)
    eval_set_clear (set);
  return ok;
}

void
eval_set_clear (EvalSet *set)
{
  for (size_t i = 0; i < set->n; i++) {
    free (set->items[i].id);
    free (set->items[i].question);
    free (set->items[i].answer);
  }
  free (set->items);
  *set = (EvalSet) { 0 };
}

/* ---- judging ------------------------------------------------------------------------ */

/* A number as people write it: "1,250", "$3.50", "12 %". The end of it, or NULL. */
static const char *
read_number (const char *text, double *number)
{
  char digits[64];
  size_t n = 0;
  const char *at = text;
  bool any = false;

  if (*at == '-')
    digits[n++] = *at++;
  for (; n + 1 < sizeof digits; at++) {
    bool digit = isdigit ((unsigned char) *at);

    if (!digit && !((*at == '.' || *at == ',') && any && isdigit ((unsigned char) at[1])))
      break;
    any |= digit;
    if (*at != ',')
      digits[n++] = *at;
  }
  digits[n] = '\0';
  *number = strtod (digits, NULL);
  return any ? at : NULL;
}

static bool
is_number (const char *text, double *number)
{
  const char *end = read_number (text, number);

  return end && !*end;
}

static bool
judge_number (const char *text, double wanted, char **found)
{
  const char *begin = NULL, *end = NULL;
  double last = NAN;

  for (const char *at = text; *at;) {
    double number;
    const char *stop = read_number (at, &number);

    if (!stop || (*at == '-' && at > text && isalnum ((unsigned char) at[-1]))) {
      at++;
      continue;
    }
    begin = at, end = stop, last = number;
    at = stop;
  }
  *found = begin ? strndup (begin, (size_t) (end - begin)) : strdup ("");
  return fabs (last - wanted) <= 1e-6 * fabs (wanted);
}

static bool
is_word_byte (char c)
{
  return isalnum ((unsigned char) c) || (c & 0x80);
}

/* As a whole word, wherever it stands. */
static bool
holds_word (const char *text, const char *word)
{
  size_t n = strlen (word);

  for (const char *at = text; n && (at = strcasestr (at, word)); at++)
    if ((at == text || !is_word_byte (at[-1])) && !is_word_byte (at[n]))
      return true;
  return false;
}

/* The last line that says something. */
static char *
last_line (const char *text)
{
  size_t n = strlen (text), from;

  while (n > 0 && isspace ((unsigned char) text[n - 1]))
    n--;
  for (from = n; from > 0 && text[from - 1] != '\n'; from--)
    ;
  return trimmed (text + from, n - from);
}

/* A letter that stands alone, the first one. */
static bool
judge_choice (const char *text, const char *letter, char **found)
{
  for (const char *at = text; *at; at++)
    if (isupper ((unsigned char) *at) && (at == text || !is_word_byte (at[-1])) && !is_word_byte (at[1])) {
      *found = strndup (at, 1);
      return *at == *letter;
    }
  *found = strdup ("");
  return false;
}

bool
eval_judge (const EvalItem *item, const char *text, char **found)
{
  const char *result = behind_hashes (text);
  double wanted;

  if (item->chooses)
    return judge_choice (result, item->answer, found);
  if (is_number (item->answer, &wanted))
    return judge_number (result, wanted, found);
  *found = last_line (result);
  return *found && holds_word (*found, item->answer);
}

/* ---- results ------------------------------------------------------------------------- */

typedef struct {
  const EvalKey *key;
  const EvalSet *set;
  EvalMark      *marks;
} Reading;

static void
write_key (EngineText *json, const EvalKey *key)
{
  engine_text_printf (json, "{\"set\": \"%016" PRIx64 "\", \"seed\": %" PRIu64 ", \"model\": ", key->set, key->seed);
  engine_text_json (json, key->model, strlen (key->model));
  engine_text_printf (json, ", \"commit\": ");
  engine_text_json (json, key->commit, strlen (key->commit));
  engine_text_printf (json, ", \"depth\": ");
  engine_text_json (json, key->depth, strlen (key->depth));
}

static bool
is_text (const EngineJson *line, const char *key, const char *text)
{
  const char *value = string_of (line, key);

  return value && strcmp (value, text) == 0;
}

static bool
take_mark (void *user, const EngineJson *line, EngineError *error)
{
  Reading *reading = user;
  const EvalKey *key = reading->key;
  const EngineJson *right = engine_json_member (line, "right"), *cut = engine_json_member (line, "cut");
  const char *id = string_of (line, "item");
  EvalMark mark = { .known = true, .tokens = (int) number_of (line, "tokens"), .thought_tokens = (int) number_of (line, "thought_tokens"), .probes = (int) number_of (line, "probes"),
                    .ms = number_of (line, "ms"), .probe_ms = number_of (line, "probe_ms") };
  char set[24];

  snprintf (set, sizeof set, "%016" PRIx64, key->set);
  if (!id || !right)
    return engine_fail (error, ENGINE_BAD_INPUT, "This is no result of this command.");
  if (!is_text (line, "set", set) || !is_text (line, "model", key->model) || !is_text (line, "commit", key->commit) || !is_text (line, "depth", key->depth) ||
      number_of (line, "seed") != (double) key->seed)
    return true;
  mark.right = right->kind == ENGINE_JSON_TRUE;
  mark.cut = cut && cut->kind == ENGINE_JSON_TRUE;
  for (int i = 0; i <= ENGINE_THOUGHT_ASKED; i++)
    if (is_text (line, "end", tool_thought_end ((EngineThoughtEnd) i)))
      mark.end = (EngineThoughtEnd) i;
  for (size_t i = 0; i < reading->set->n; i++)
    if (strcmp (reading->set->items[i].id, id) == 0)
      reading->marks[i] = mark;
  return true;
}

bool
eval_marks_read (const char *path, const EvalKey *key, const EvalSet *set, EvalMark *marks, EngineError *error)
{
  Reading reading = { key, set, marks };
  size_t n_bytes;
  char *text;
  bool ok;

  if (access (path, F_OK) != 0 && errno == ENOENT)
    return true;
  text = tool_read_file (path, &n_bytes, error);
  ok = text && each_line (text, path, take_mark, &reading, error);
  free (text);
  return ok;
}

bool
eval_mark_append (const char *path, const EvalKey *key, const EvalItem *item, const EvalMark *mark, const char *found, EngineError *error)
{
  EngineText json = { 0 };
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  bool ok;

  write_key (&json, key);
  engine_text_printf (&json, ", \"item\": ");
  engine_text_json (&json, item->id, strlen (item->id));
  engine_text_printf (&json, ", \"right\": %s, \"found\": ", mark->right ? "true" : "false");
  engine_text_json (&json, found, strlen (found));
  engine_text_printf (&json, ", \"cut\": %s, \"end\": \"%s\", \"tokens\": %d, \"thought_tokens\": %d, \"probes\": %d, \"probe_ms\": %.1f, \"ms\": %.1f}\n", mark->cut ? "true" : "false",
                      tool_thought_end (mark->end), mark->tokens, mark->thought_tokens, mark->probes, mark->probe_ms, mark->ms);
  /* One write: a line is there, or not. */
  ok = fd >= 0 && !json.failed && write (fd, json.bytes, json.length) == (ssize_t) json.length;
  if (!ok)
    engine_fail (error, ENGINE_IO, "The results cannot be written to \"%.200s\": %s.", path, strerror (errno));
  if (fd >= 0)
    close (fd);
  free (json.bytes);
  return ok;
}
