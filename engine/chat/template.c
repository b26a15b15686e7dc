/* SPDX-License-Identifier: MIT */
#include "chat/template.h"

#include "chat/jinja.h"

#include <locale.h>
#include <string.h>

struct EngineTemplate {
  JinjaArena arena; /* of the syntax tree */
  JinjaNode *root;
  JinjaNames names;
};

/* Numbers and dates are read and written as in English, whatever the desktop's language is. */
static locale_t
use_plain_locale (void)
{
  locale_t plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0);

  return plain ? uselocale (plain) : (locale_t) 0;
}

static void
restore_locale (locale_t before)
{
  locale_t plain = before ? uselocale (before) : (locale_t) 0;

  if (plain)
    freelocale (plain);
}

/* setjmp () stands in functions of its own, so that no variable of theirs changes after it. */
static bool
parse (JinjaRun *run, EngineTemplate *template_, const char *source, size_t n_bytes)
{
  if (setjmp (run->failed))
    return false;
  template_->root = jinja_parse (run, &template_->names, source, n_bytes);
  return true;
}

EngineTemplate *
engine_template_new (const char *source, size_t n_bytes, EngineError *error)
{
  EngineTemplate *template_;
  JinjaRun run = { .error = error };
  locale_t locale;
  bool parsed;

  if (n_bytes > JINJA_MAX_SOURCE) {
    engine_fail (error, ENGINE_BAD_INPUT, "The chat template has %zu bytes; at most %zu are read.", n_bytes, JINJA_MAX_SOURCE);
    return NULL;
  }
  template_ = engine_calloc (1, sizeof *template_, error);
  if (!template_)
    return NULL;
  locale = use_plain_locale ();
  parsed = parse (&run, template_, source, n_bytes);
  restore_locale (locale);
  template_->arena = run.arena;
  if (!parsed) {
    engine_template_free (template_);
    return NULL;
  }
  return template_;
}

void
engine_template_free (EngineTemplate *template_)
{
  if (!template_)
    return;
  jinja_arena_free (&template_->arena);
  free (template_);
}

/* The name as the template has it; NULL when it does not occur there. */
static const JinjaName *
find_name (const EngineTemplate *template_, JinjaString string)
{
  for (size_t i = 0; template_->names.buckets && i <= template_->names.mask; i++)
    for (const JinjaName *name = template_->names.buckets[i]; name; name = name->next)
      if (name->string.n == string.n && !memcmp (name->string.bytes, string.bytes, string.n))
        return name;
  return NULL;
}

static bool
render (JinjaRun *run, const EngineTemplate *template_, const char *context_json, size_t n_bytes)
{
  JinjaValue context;
  JinjaScope *scope;

  if (setjmp (run->failed))
    return false;
  context = jinja_read_json (run, context_json, n_bytes);
  if (context.kind != JINJA_DICT)
    jinja_fail (run, "they are %s, not an object", jinja_kind_name (context));
  scope = jinja_scope (run, NULL);
  run->line = 1;
  for (size_t i = 0; i < context.as.dict->n; i++) {
    const JinjaName *name = find_name (template_, context.as.dict->entries[i].key.as.string);

    if (name)
      jinja_set (run, scope, name, context.as.dict->entries[i].value);
  }
  jinja_execute (run, jinja_scope (run, scope), template_->root);
  return true;
}

char *
engine_template_render (const EngineTemplate *template_, const char *context_json, size_t n_bytes,
                        size_t *n_out, EngineError *error)
{
  JinjaBuffer out = { 0 };
  JinjaRun run = { .error = error, .out = &out };
  locale_t locale = use_plain_locale ();
  char *text = NULL;

  if (render (&run, template_, context_json, n_bytes)) {
    text = malloc (out.n + 1);
    if (!text)
      engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a text of %zu bytes.", out.n);
  }
  restore_locale (locale);
  if (text) {
    if (out.n)
      memcpy (text, out.bytes, out.n);
    text[out.n] = '\0';
    if (n_out)
      *n_out = out.n;
  }
  jinja_arena_free (&run.arena);
  return text;
}
