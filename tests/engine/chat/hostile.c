/* SPDX-License-Identifier: MIT */
/* A thousand templates that mean harm: each ends, soon, in success or in an error that says where. */
#include "chat/template.h"

#include <glib.h>
#include <string.h>

static const char context[] =
  "{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Hello\"},"
  "{\"role\":\"assistant\",\"content\":\"Hi\"}],\"add_generation_prompt\":true,\"bos_token\":\"<s>\",\"n\":5,"
  "\"l\":[3,1,2],\"d\":{\"a\":1,\"b\":{\"c\":[1,2]}},\"s\":\"abc def\"}";

/* NULL: it was rendered. Else the message, which must have a line number. */
static char *
run (const char *source, gsize n)
{
  EngineError error = { 0 };
  EngineTemplate *template_ = engine_template_new (source, n, &error);
  char *text = NULL;

  if (template_)
    text = engine_template_render (template_, context, strlen (context), NULL, &error);
  engine_template_free (template_);
  if (text) {
    g_assert_cmpstr (error.message, ==, "");
    free (text);
    return NULL;
  }
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  if (!g_str_has_prefix (error.message, "Line ") && !g_str_has_prefix (error.message, "The chat template has "))
    g_error ("\"%s\" says nothing of the line.", error.message);
  return g_strdup (error.message);
}

static void
must_fail (const char *source, const char *word)
{
  g_autofree char *message = run (source, strlen (source));

  if (!message || !strstr (message, word))
    g_error ("\"%.80s\" must fail with \"%s\", not \"%s\".", source, word, message ? message : "");
}

static char *
repeat (const char *text, int n)
{
  GString *string = g_string_new (NULL);

  while (n-- > 0)
    g_string_append (string, text);
  return g_string_free (string, FALSE);
}

/* before · n, middle, after · n */
static void
must_nest (const char *before, const char *middle, const char *after, int n, const char *word)
{
  g_autofree char *left = repeat (before, n), *right = repeat (after, n), *source = g_strconcat (left, middle, right, NULL);

  must_fail (source, word);
}

static void
test_nesting (void)
{
  const int n = 100000;

  must_nest ("{% if 1 %}", "x", "{% endif %}", 40000, "deep");
  must_nest ("{% for x in l %}", "x", "{% endfor %}", 30000, "deep");
  for (int i = 0; i < 9; i++) {
    static const char *const pairs[][3] = { { "(", "1", ")" }, { "[", "1", "]" }, { "{1:", "1", "}" }, { "-", "1", "" }, { "not ", "1", "" },
                                            { "", "n", ".a" }, { "", "n", "[0]" }, { "", "n", "|abs" }, { "1+", "1", "" } };
    g_autofree char *left = repeat (pairs[i][0], n), *right = repeat (pairs[i][2], n);
    g_autofree char *source = g_strconcat ("{{ ", left, pairs[i][1], right, " }}", NULL);

    must_fail (source, "deep");
  }
  {
    g_autofree char *conditions = repeat ("1 if 0 else ", 80000), *source = g_strconcat ("{{ ", conditions, "1 }}", NULL);

    must_fail (source, "deep");
  }
  {
    g_autofree char *calls = repeat ("()", n), *source = g_strconcat ("{{ n", calls, " }}", NULL);

    must_fail (source, "deep");
  }
}

static void
test_running (void)
{
  must_fail ("{{ range(1000000000) }}", "range");
  must_fail ("{{ range(0, -1000000000, -1) }}", "range");
  must_fail ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "more than");
  must_fail ("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", "more than");
  must_fail ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "deep");
  must_fail ("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "deep");
  must_fail ("{% macro m() %}{{ caller() }}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{% call m() %}{% endcall %}", "");
  must_fail ("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "deep");
  must_fail ("{% set ns = namespace(s='x') %}{% for i in range(99999) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "more than");
  must_fail ("{% set ns = namespace(s='x') %}{% for i in range(99999) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "");
  must_fail ("{% set ns = namespace(l=[1]) %}{% for i in range(99999) %}{% set ns.l = ns.l + ns.l %}{% endfor %}", "");
  must_fail ("{% set ns = namespace(l=1) %}{% for i in range(99999) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}", "");
  must_fail ("{% set ns = namespace(l=1) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}", "more than");
  must_fail ("{% set a = namespace(l=1) %}{% for i in range(60) %}{% set a.l = [a.l, a.l] %}{% endfor %}{{ a.l == (a.l + []) }}", "more than");
  must_fail ("{{ 'x' * 10000000000 }}", "");
  must_fail ("{{ 'abc'.center(10000000000) }}", "");
  must_fail ("{{ 'abc'|indent(10000000000) }}", "");
  must_fail ("{{ 'abc'|tojson(indent=100000000) }}{{ d|tojson(indent=100000000) }}", "more than");
  must_fail ("{{ 9223372036854775807 + 1 }}", "large");
  must_fail ("{{ -9223372036854775807 - 2 }}", "large");
  must_fail ("{{ (-9223372036854775807 - 1) // -1 }}", "large");
  must_fail ("{{ 2 ** 64 }}", "large");
  must_fail ("{{ 99999999999999999999 }}", "large");
  must_fail ("{{ 1 / 0 }}", "zero");
  must_fail ("{{ 1 % 0 }}", "zero");
  must_fail ("{{ 1.5 // 0 }}", "zero");
  must_fail ("{{ l[::0] }}", "zero");
  must_fail ("{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}", "deep");
  must_fail ("{% set ns = namespace() %}{% set ns.me = [ns] %}{{ ns.me == ns.me }}{{ ns.me|string }}", "deep");
  must_fail ("{{ raise_exception('Stop here.') }}", "Stop here");
  must_fail ("{{ nope.x.y }}", "\"nope\" is undefined");
  must_fail ("\n\n{{ l.append(1) }}", "Line 3");
  must_fail ("{{ messages.__class__.__mro__ }}", "undefined");
}

static void
test_syntax (void)
{
  static const char *const bad[] = {
    "{{", "{%", "{#", "{{ 'x", "{{ \"x", "{% raw %}", "{% if", "{% if 1 %}", "{% for x in l %}", "{% for", "{% for x %}{% endfor %}",
    "{% macro m( %}", "{% macro m() %}", "{% call m() %}", "{% call 1 %}{% endcall %}", "{% set x %}", "{% set %}", "{% set x = %}",
    "{% endif %}", "{% else %}", "{% elif 1 %}", "{% with %}", "{% filter %}{% endfilter %}", "{{ 1 +", "{{ 1 + }}", "{{ (1 }}", "{{ [1 }}",
    "{{ {1 }}", "{{ {1: }}", "{{ x[ }}", "{{ x[1:2:3:4] }}", "{{ x[] }}", "{{ x. }}", "{{ f( }}", "{{ f(,) }}", "{{ f(*) }}", "{{ f(**) }}",
    "{{ 1 | }}", "{{ 1 is }}", "{{ 1 is not }}", "{{ \"\\x\" }}", "{{ \"\\u12\" }}", "{{ \"\\U00110000\" }}", "{{ @ }}", "{{ ? }}",
    "{{ \x01 }}", "{{ \xFF }}", "{% unknown %}", "{% break %}", "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}",
    "{{ a b }}", "{{ 1 2 }}", "{{ not }}", "{{ and 1 }}", "{{ ~ }}", "{{ ] }}", "{{ ) }}", "{%%}", "{{ 1__ 2 }}", "{{ 0x }}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *message = run (bad[i], strlen (bad[i]));

    if (!message)
      g_error ("\"%s\" must not be taken for a template.", bad[i]);
  }
}

/* Valid templates with bytes removed, doubled, exchanged and put together anew. */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m.content | trim }}{% if not loop.last %}\n{% endif %}{% endfor %}",
    "{%- macro m(a, b=2) -%}{{ a }}{{ b ~ caller() }}{%- endmacro -%}{% call m(1) %}x{% endcall %}",
    "{% set ns = namespace(x=0) %}{% for i in range(9) if i % 2 %}{% set ns.x = ns.x + i %}{% else %}e{% endfor %}{{ ns.x }}",
    "{{ d | tojson(indent=2) }}{{ l | sort | reverse | join(', ') }}{{ s[1:3] }}{{ s.split()[0].upper() }}",
    "{% if n is divisibleby 5 and s is string %}{{ 'a' if n > 3 else 'b' }}{% elif l %}{{ l[-1] // 2 }}{% endif %}",
    "{# c #}{% raw %}{{ x }}{% endraw %}{% filter upper %}q{% endfilter %}{% with a = 1 %}{{ a }}{% endwith %}",
    "{% for i in [[1,[2]],[3]] recursive %}{{ loop.index }}{{ loop(i) if i is iterable }}{% endfor %}",
    "{{ '%s-%05.1f' | format('x', 2.5) }}{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list }}",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  int n_fine = 0;

  for (int round = 0; round < 1000; round++) {
    g_autoptr (GString) source = g_string_new (seeds[g_rand_int_range (rand, 0, G_N_ELEMENTS (seeds))]);
    int n_changes = g_rand_int_range (rand, 1, 6);
    g_autofree char *message = NULL;

    while (n_changes-- > 0 && source->len) {
      gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) source->len), n = (gsize) g_rand_int_range (rand, 1, 9);
      const char *other = seeds[g_rand_int_range (rand, 0, G_N_ELEMENTS (seeds))];
      gsize from = (gsize) g_rand_int_range (rand, 0, (gint32) strlen (other));

      switch (g_rand_int_range (rand, 0, 4)) {
      case 0:
        g_string_erase (source, (gssize) at, (gssize) MIN (n, source->len - at));
        break;
      case 1:
        g_string_insert_len (source, (gssize) at, other + from, (gssize) MIN (n * 4, strlen (other) - from));
        break;
      case 2:
        source->str[at] = "{}%#'\"()[]|.,:=~-+*/<>\\\n 0aé"[g_rand_int_range (rand, 0, 28)];
        break;
      default:
        source->str[at] = (char) g_rand_int_range (rand, 0, 256);
        break;
      }
    }
    message = run (source->str, source->len);
    n_fine += message == NULL;
  }
  g_test_message ("%d of 1000 mutated templates were still valid", n_fine);
  g_assert_cmpint (n_fine, >, 20);
  g_assert_cmpint (n_fine, <, 900);
}

static void
test_size (void)
{
  g_autofree char *large = repeat ("x", (1 << 20) + 1), *source = repeat ("{{ n }}", 100000), *names = NULL;
  g_autoptr (GString) many = g_string_new (NULL);

  must_fail (large, "bytes");
  g_assert_null (run (source, strlen (source)));
  for (int i = 0; i < 20000; i++)
    g_string_append_printf (many, "{%% set v%d = 1 %%}", i);
  names = run (many->str, many->len);
  if (names)
    g_assert_nonnull (strstr (names, "steps"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chat/hostile/nesting", test_nesting);
  g_test_add_func ("/chat/hostile/running", test_running);
  g_test_add_func ("/chat/hostile/syntax", test_syntax);
  g_test_add_func ("/chat/hostile/mutations", test_mutations);
  g_test_add_func ("/chat/hostile/size", test_size);
  return g_test_run ();
}
