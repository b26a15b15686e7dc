/* SPDX-License-Identifier: MIT */
#include "chat/thinking.h"

#include "text.h"

#include <string.h>

#define THINKING(symbol) extern const EngineThinkingFamily engine_thinking_##symbol;
#include "chat/thinking.def"
#undef THINKING

static const EngineThinkingFamily *const families[] = {
#define THINKING(symbol) &engine_thinking_##symbol,
#include "chat/thinking.def"
#undef THINKING
};

#define COMPACT_TOKENS 512

EngineThinking
engine_thinking_compact (void)
{
  return (EngineThinking) { .think = ENGINE_THINK_ON, .max_tokens = COMPACT_TOKENS, .early_exit = true, .strength = "low" };
}

const EngineThinkingFamily *
engine_thinking_family (const char *chat_template, const EngineVocab *vocab)
{
  for (size_t i = 0; chat_template && i < ENGINE_LENGTH (families); i++)
    if (families[i]->knows (chat_template, vocab))
      return families[i];
  return families[ENGINE_LENGTH (families) - 1];
}

static bool
is_strength (const char *strength)
{
  return !strength || strcmp (strength, "low") == 0 || strcmp (strength, "medium") == 0 || strcmp (strength, "high") == 0;
}

char *
engine_thinking_variables (const EngineThinkingFamily *family, const EngineThinking *thinking, EngineError *error)
{
  bool off = thinking->think == ENGINE_THINK_OFF;
  const char *variables = off ? family->variables_off : family->variables_on;
  const char *strength = off ? family->off_strength : thinking->strength;
  EngineText text = { 0 };

  if (!is_strength (thinking->strength))
    return engine_fail (error, ENGINE_BAD_INPUT, "A thought is as strong as \"low\", \"medium\" or \"high\", not \"%.40s\".", thinking->strength), NULL;
  engine_text_append (&text, "", 0);
  if (thinking->think != ENGINE_THINK_RAW) {
    if (variables)
      engine_text_printf (&text, ",%s", variables);
    if (family->strength && strength)
      engine_text_printf (&text, ",\"%s\":\"%s\"", family->strength, strength);
  }
  if (!text.failed)
    return text.bytes;
  free (text.bytes);
  return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt."), NULL;
}

static bool
is_low (const EngineThinking *thinking)
{
  return thinking->strength && strcmp (thinking->strength, "low") == 0;
}

const char *
engine_thinking_ask (const EngineThinkingFamily *family, const EngineThinking *thinking)
{
  if (thinking->think != ENGINE_THINK_ON)
    return NULL;
  return is_low (thinking) ? family->ask_low : family->ask;
}

const char *
engine_thinking_show (const EngineThinkingFamily *family, const EngineThinking *thinking)
{
  return thinking->think == ENGINE_THINK_ON && is_low (thinking) ? family->show_low : NULL;
}

static bool
is_space (char c)
{
  return c == ' ' || c == '\n';
}

/* Whether the text ends with the mark, white space at the end of either aside. */
static bool
ends_with (const char *text, const char *mark)
{
  size_t n = strlen (text), m = strlen (mark);

  while (n > 0 && is_space (text[n - 1]))
    n--;
  while (m > 0 && is_space (mark[m - 1]))
    m--;
  return m > 0 && m <= n && memcmp (text + n - m, mark, m) == 0;
}

const char *
engine_thinking_begin (const EngineThinkingFamily *family, EngineThink think, bool routes, const char *rendered)
{
  bool opened = ends_with (rendered, family->open), closed = ends_with (rendered, family->marks[0]);

  if (think == ENGINE_THINK_ON)
    return opened ? "" : family->open;
  if (opened && family->skip && strncmp (family->skip, family->open, strlen (family->open)) == 0)
    return family->skip + strlen (family->open);
  return closed || !family->skip || (routes && family->reopen) ? "" : family->skip;
}
