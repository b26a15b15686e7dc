/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window with an engine that plays a script, to be looked at: `ui-preview SCENE`. UI_PREVIEW_SCALE=2: large text. */
#include <adwaita.h>
#include <glib-unix.h>
#include <gtksourceview/gtksource.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "job-fixture.h"
#include "ui-answer.h"
#include "ui-locale.h"
#include "ui-resources.h"
#include "ui-test.h"
#include "ui-window.h"

static Fixture fixture;
static const char *scene;
static UiWindow *window;

static char *
read_sample (void)
{
  char *text;

  if (!g_file_get_contents (UI_TEST_SAMPLE, &text, NULL, NULL))
    exit (1);
  return text;
}

/* Formulas in running text, tasks and footnotes. */
#define PROSE \
  "Let $f\\colon \\mathbb{R} \\to \\mathbb{R}$ be *smooth*. The equation \\(ax^2 + bx + c = 0\\) has the roots $x_{1,2} = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}$ " \
  "when $a \\ne 0$; the sum $\\sum_{i=1}^n i^2$ is $\\tfrac{1}{6} n (n+1)(2n+1)$, and **bold** words go on.[^1] It costs $5 and not $6.\n\n" \
  "## A heading with $e^{i\\pi} = -1$\n\n- an item with $\\alpha_1$\n- [x] a task with $\\vec v$\n- [ ] a task that is not done\n\n" \
  "> A quote: $$\\int_0^1 x\\,dx = \\tfrac12$$ and on.\n\n| Name | Formula |\n|:--|--:|\n| area | $\\pi r^2$ |\n| bar | $|x|$ |\n\n" \
  "Another note[^two], and\n\\begin{align}\na &= b + c \\\\\n  &= d\n\\end{align}\n\n[^1]: The first note, with $n!$ and the first again.\n\n[^two]: The second\n\n    has two paragraphs.\n"

/* An answer with every formula of the list. */
static char *
read_formulas (void)
{
  GString *out = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (UI_TEST_FORMULAS, &text, NULL, NULL))
    exit (1);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *bar = strstr (lines[i], " | ");

    if (*lines[i] != '#' && bar != NULL)
      g_string_append_printf (out, "%.*s:\n\\[ %s \\]\n\n", (int) (bar - lines[i]), lines[i], bar + 3);
  }
  return g_string_free (out, FALSE);
}

static AppConversation *
talk (const char *note, const char *answer)
{
  AppConversation *conversation = app_history_new_conversation (fixture.history);
  Script script = { .text = answer, .piece = 4096, .ms = 1 };

  scripted_engine_set_script (fixture.engine, &script);
  send_text (conversation, note);
  wait_idle (conversation);
  return conversation;
}

static AppTurn *
turn_with_files (const char *text, const char *const *paths)
{
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);

  for (guint i = 0; paths[i] != NULL; i++) {
    g_autoptr (GFile) file = g_file_new_for_path (paths[i]);
    g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (file);
    g_autoptr (GAsyncResult) result = NULL;

    app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
    app_attachment_load_finish (attachment, wait_result (&result), NULL);
    if (app_attachment_get_state (attachment) == APP_ATTACHMENT_READY)
      g_list_store_append (list, attachment);
    else
      g_printerr ("%s\n", app_attachment_get_error (attachment));
  }
  return app_turn_new (text, G_LIST_MODEL (list));
}

/* Somebody listens: the answer begins. */
static gboolean
on_listener (int fd, GIOCondition condition, gpointer conversation)
{
  send_text (conversation, "And now slowly.");
  return G_SOURCE_REMOVE;
}

static gboolean
on_read_aloud (gpointer data)
{
  GtkWidget *answer = ui_test_find (GTK_WIDGET (window), UI_TYPE_ANSWER);

  if (answer != NULL)
    g_signal_emit_by_name (ui_test_child (answer, "speak"), "clicked");
  return answer == NULL;
}

/* The first installed model, of which only the name is of interest here, answers beside the first answer, and stays there in the middle of it. */
static void
begin_comparison (AppConversation *conversation, AppModels *models, const Script *script)
{
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GError) error = NULL;
  AppModel *model;

  app_models_refresh_async (models, NULL, keep_result, &refreshed);
  app_models_refresh_finish (models, wait_result (&refreshed), NULL);
  model = app_models_choose (models, NULL);
  if (model == NULL) {
    g_printerr ("No model is installed: set MELETE_MODELS.\n");
    exit (1);
  }
  app_engine_set_models (APP_ENGINE (fixture.engine), models);
  scripted_engine_set_script (fixture.engine, script);
  app_conversation_compare_async (conversation, message_at (conversation, 1), model, keep_result, &begun);
  if (!app_conversation_compare_finish (conversation, wait_result (&begun), &error)) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }
}

/* Work in four steps: under way, or done with something wrong. */
static AppConversation *
begin_job (gboolean done)
{
  static JobPlay play = {
    .plans = { "{\"steps\":[{\"kind\":\"text\",\"title\":\"Summary of the minutes\",\"task\":\"Summarise the minutes\",\"uses\":[\"minutes.txt\"],\"file\":\"summary.md\"},"
               "{\"kind\":\"extract\",\"title\":\"Who does what\",\"task\":\"Every task\",\"uses\":[\"minutes.txt\"],\"file\":\"tasks.csv\"},"
               "{\"kind\":\"text\",\"title\":\"Shopping list\",\"task\":\"What is to be bought\",\"uses\":[\"minutes.txt\"],\"file\":\"shopping.md\"},"
               "{\"kind\":\"text\",\"title\":\"Letter to all members\",\"task\":\"Write a letter about it\",\"uses\":[\"step 1\",\"step 2\"],\"file\":\"letter.md\"}]}" },
    .words = { "Write the file summary.md", "Make only the file tasks.csv", "Write the file shopping.md", "Write the file letter.md" },
    .texts = { "# Summary\n\nThe fence is painted by Friday, and somebody has to buy nails before that.", "{\"rows\": []}", "# To buy\n\n- nails\n- two brushes\n- five litres of paint, green", "Dear all,\n\nthe fence is painted on Friday. Come and help." },
    .ms = 30,
  };
  AppConversation *conversation = app_history_new_conversation (fixture.history);

  play.hold[0] = play.hold[2] = !done;
  scripted_engine_set_play (fixture.engine, job_play, &play);
  job_send (conversation, "Make summary.md, tasks.csv with the columns who and task, shopping.md and letter.md out of these minutes");
  if (done)
    wait_idle (conversation);
  return conversation;
}

/* Several agents on one question: at work, or done. */
static void
play_agents (const char *prompt, Script *script, gpointer data)
{
  static guint n;
  static const char *const texts[] = {
    "3 bags of 6 are 18.\n\n24 − 18 = 6.\n\nAnswer: 6",
    "Given: 24 rolls, 3 bags of 6.\nWanted: what is left.\n\n24 − 18 = 6\n\nAnswer: 6",
    "First the bags, then the rest, then check the sum once more from behind,",
    "Let me look at it twice. A bag has six rolls, and there are",
  };

  *script = (Script) { .text = texts[n % 4], .piece = 4, .ms = n % 4 < 2 ? 12 : 40, .hold = data != NULL || n % 4 >= 2 };
  n++;
}

static AppConversation *
begin_agents (gboolean done)
{
  AppConversation *conversation = app_history_new_conversation (fixture.history);
  g_autoptr (AppTurn) words = app_turn_new ("How many rolls are left of 24 when 3 bags of 6 are sold?", NULL), turn = app_turn_new_depth (words, "contemplate");

  scripted_engine_set_play (fixture.engine, play_agents, done ? NULL : GINT_TO_POINTER (1));
  try_send (conversation, turn, NULL);
  if (done)
    wait_idle (conversation);
  return conversation;
}

/* A model wants to do something outside the conversation's own files. */
static AppConversation *
begin_consent (void)
{
  static const Script done = { .text = "It lies there now." }, script = { .text = "I have written it. Where it goes, you say:", .piece = 40, .calls = "write_file {\"path\": \"letter.md\", \"content\": \"Dear all,\\n\\nthe fence is painted on Friday.\"}\nsave_file {\"path\": \"letter.md\"}", .then = &done };
  AppConversation *conversation = app_history_new_conversation (fixture.history);

  app_conversation_settings_set_text (app_conversation_get_settings (conversation), APP_SETTING_TOOLS, "on");
  app_toolbox_set_outside (app_conversation_get_toolbox (conversation), fixture.folder);
  scripted_engine_set_script (fixture.engine, &script);
  send_text (conversation, "Write a letter about the fence, and give it to me as a file.");
  return conversation;
}

static void
fill (AppModels *models, char **files)
{
  char *sample = read_sample ();
  AppConversation *shown = NULL;
  Script script = { .text = sample, .piece = 3, .ms = 12 };

  if (g_str_equal (scene, "job-restart")) {
    shown = talk ("Which moon is the largest?", "Ganymede, a moon of Jupiter. It is larger than Mercury.");
  } else if (!g_str_equal (scene, "history")) {
    talk ("Which moon is the largest?", "Ganymede, a moon of Jupiter. It is larger than Mercury.");
    talk ("A budget for the garden, please", "Here is a plan with three posts.");
    talk ("Explain monads simply", "A monad is a way to chain steps.");
    shown = talk ("Hello. Can you look at the sales of this year with me? I have a file with the months, and I would like to know what is wrong with it.", sample);
  }
  if (g_str_equal (scene, "files")) {
    g_autoptr (AppTurn) turn = turn_with_files ("What is in these?", (const char *const *) files);

    script = (Script){ .text = "The picture shows a window; the note names a word." };
    scripted_engine_set_script (fixture.engine, &script);
    try_send (shown, turn, NULL);
    wait_idle (shown);
  } else if (g_str_equal (scene, "writing")) {
    /* Half an answer, and there it stays. */
    script.hold = TRUE;
    *g_strstr_len (sample, -1, "one customer") = '\0';
    scripted_engine_set_script (fixture.engine, &script);
    send_text (shown, "And now the second half, in the same form.");
  } else if (g_str_equal (scene, "moved")) {
    g_autofree char *sentinel = g_build_filename (fixture.folder, "gpu-busy", NULL);
    AppGpu *gpu = app_gpu_new (NULL, sentinel); /* until the end */

    ui_window_watch_gpu (window, gpu);
    scripted_engine_set_gpu (fixture.engine, gpu);
    script = (Script){ .text = "The moons of Jupiter that Galileo saw are Io, Europa, ", .ms = 20, .moved = "The graphics card was reset.", .text_after = "Ganymede and Callisto.", .hold = TRUE };
    scripted_engine_set_script (fixture.engine, &script);
    send_text (shown, "And which moons did Galileo see?");
  } else if (g_str_equal (scene, "comparing")) {
    script.hold = TRUE;
    *g_strstr_len (sample, -1, "one customer") = '\0';
    begin_comparison (shown, models, &script);
  } else if (g_str_equal (scene, "announced")) {
    /* Nothing else is in sight. */
    g_object_unref (shown);
    shown = talk ("Hello", "Hello.");
    script.hold = TRUE;
    script.piece = 8;
    script.ms = 20;
    *g_strstr_len (sample, -1, "one customer") = '\0';
    scripted_engine_set_script (fixture.engine, &script);
    /* The listener says when. */
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_listener, shown);
  } else if (g_str_equal (scene, "thinking") || g_str_equal (scene, "thought")) {
    static const char *const ends[] = { "How many rolls are left of 24 when 3 bags of 6 are sold?", "And without the last bag?", "And in a week?" };
    static const AppThoughtEnd how[] = { APP_THOUGHT_SETTLED, APP_THOUGHT_CAP, APP_THOUGHT_CLOSED };
    gboolean live = g_str_equal (scene, "thinking");

    script = (Script){ .thought = "First the bags: there are 3 of them, and each has 6 rolls in it, which makes 3 × 6 = **18** rolls.\n\nThen what is left of the 24: 24 − 18 = 6.\n\n- sold: 18\n- left: 6\n\nSo the answer is 6.",
                       .text = "**6 rolls** are left: three bags of six are 18, and 24 − 18 = 6.", .piece = 40, .ms = 2 };
    scripted_engine_set_thinks (fixture.engine, APP_THINKS_NO);
    g_object_unref (shown);
    shown = app_history_new_conversation (fixture.history);
    for (guint i = 0; i < (live ? 1 : G_N_ELEMENTS (ends)); i++) {
      script.thought_end = how[i];
      scripted_engine_set_script (fixture.engine, &script);
      send_text (shown, ends[i]);
      wait_idle (shown);
    }
    script.hold_thought = live;
    script.hold = !live;
    script.piece = 4;
    script.ms = live ? 60 : 1;
    if (!live)
      script.text = NULL;
    scripted_engine_set_script (fixture.engine, &script);
    if (live) {
      send_text (shown, "Think about it once more.");
    } else {
      script.hold = FALSE;
      script.hold_thought = TRUE;
      scripted_engine_set_script (fixture.engine, &script);
      send_text (shown, "And what if one stops in the middle?");
      WAIT_UNTIL (strlen (app_message_get_thought (message_at (shown, n_messages (shown) - 1))) > 60);
      app_conversation_stop (shown);
      wait_idle (shown);
    }
  } else if (g_str_equal (scene, "history")) {
    /* The newest conversation of a file of another run. */
    shown = g_object_ref (conversation_at (&fixture, 0));
  } else if (g_str_equal (scene, "job-restart")) {
    g_object_unref (shown);
    shown = g_object_ref (conversation_at (&fixture, 1));
  } else if (g_str_has_prefix (scene, "contemplat")) {
    g_object_unref (shown);
    shown = begin_agents (g_str_equal (scene, "contemplated"));
  } else if (g_str_equal (scene, "consent")) {
    g_object_unref (shown);
    shown = begin_consent ();
  } else if (g_str_has_prefix (scene, "job")) {
    g_object_unref (shown);
    shown = begin_job (g_str_equal (scene, "job-done"));
  } else if (g_str_equal (scene, "spoken")) {
    g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=true", TRUE);
    g_object_unref (shown);
    shown = talk ("What does it say?", "It is short. A sentence that has [a link](https://example.org), **strong words** and $\\sqrt{x^2 + y^2}$ in it goes on for two lines, where there is room for one alone. Then comes a third.\n\n| Month | Sales |\n|:--|--:|\n| March | 12 |");
    g_timeout_add (1000, on_read_aloud, NULL);
  } else if (g_str_equal (scene, "failed")) {
    script = (Script){ .text = "It begins well, but", .error = "The engine ran out of memory after 812 of 2,048 tokens. Close other programs, or choose a smaller model." };
    scripted_engine_set_script (fixture.engine, &script);
    send_text (shown, "And now?");
    wait_idle (shown);
  } else if (g_str_equal (scene, "formulas")) {
    shown = talk ("Show me mathematics.", read_formulas ());
  } else if (g_str_equal (scene, "prose")) {
    shown = talk ("Show me mathematics in words.", PROSE);
  } else if (g_str_equal (scene, "arabic")) {
    shown = talk ("ما هي عاصمة مصر؟", "# القاهرة\n\nعاصمة مصر هي **القاهرة**، وهي أكبر مدنها.\n\n- النيل\n- الأهرام\n\n> مدينة لا تنام\n\n1. أولا\n2. ثانيا\n\n```c\nint main (void) { return 0; }\n```\n");
  } else if (g_str_equal (scene, "wide")) {
    GString *table = g_string_new ("|");

    for (guint row = 0; row < 12; row++) {
      for (guint column = 0; column < 40; column++)
        g_string_append_printf (table, row == 1 ? "---|" : row == 0 ? "Column %u|" : "%u|", column * 100 + row);
      g_string_append (table, "\n|");
    }
    g_string_truncate (table, table->len - 1);
    shown = talk ("A table with 40 columns", table->str);
  } else if (g_str_equal (scene, "long")) {
    script = (Script){ .text = sample, .piece = 100000, .ms = 1 };
    for (guint i = 0; i < 60; i++) {
      script.text = i % 3 ? "A short answer.\n\nWith two paragraphs." : sample;
      scripted_engine_set_script (fixture.engine, &script);
      send_text (shown, "Once more?");
      wait_idle (shown);
    }
  }
  if (!g_str_equal (scene, "welcome"))
    ui_window_open_conversation (window, shown, 0);
  g_object_unref (shown);
}

static void
on_activate (GApplication *application, gpointer data)
{
  g_autoptr (AppModels) models = app_models_new (NULL, NULL);
  char **argv = data;

  gtk_source_init ();
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  if (g_getenv ("UI_PREVIEW_SCALE") != NULL)
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1024 * g_ascii_strtod (g_getenv ("UI_PREVIEW_SCALE"), NULL)), NULL);
  fixture_set_up (&fixture, NULL);
  if (g_str_equal (scene, "history")) {
    fixture_close (&fixture);
    g_free (fixture.path);
    fixture.path = g_strdup (argv[4]);
    fixture_open (&fixture);
  }
  if (g_str_equal (scene, "job-restart")) {
    AppConversation *begun = begin_job (FALSE);

    WAIT_UNTIL (n_messages (begun) == 2 && app_message_get_lanes (message_at (begun, 1)) != NULL && g_list_model_get_n_items (app_message_get_lanes (message_at (begun, 1))) == 5);
    for (guint i = 1; i <= 3; i += 2) {
      g_autoptr (AppLane) lane = g_list_model_get_item (app_message_get_lanes (message_at (begun, 1)), i);
      WAIT_UNTIL (strlen (app_lane_get_text (lane)) > 20);
    }
    fixture_close (&fixture);
    g_object_unref (begun);
    fixture_open (&fixture);
  }
  app_models_set_connections (models, app_history_get_connections (fixture.history));
  window = ui_window_new (GTK_APPLICATION (application), fixture.history, models);
  if (argv[2] != NULL)
    gtk_window_set_default_size (GTK_WINDOW (window), atoi (argv[2]), atoi (argv[3]));
  fill (models, argv[2] != NULL ? argv + 4 : argv + 2);
  if (g_str_equal (scene, "loading")) {
    scripted_engine_hold_load (fixture.engine);
    app_engine_load_async (APP_ENGINE (fixture.engine), scripted_model_new ("other", "Qwen2.5 Coder 1.5B"), NULL, NULL, NULL);
  } else if (g_str_equal (scene, "broken")) {
    scripted_engine_hold_load (fixture.engine);
    app_engine_load_async (APP_ENGINE (fixture.engine), scripted_model_new ("other", "Qwen2.5 Coder 1.5B"), NULL, NULL, NULL);
    scripted_engine_finish_load (fixture.engine, "The model file ends early (at 61\302\240MB of 98\302\240MB). Download it again, or choose another model.");
  }
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;

  if (argc < 2) {
    g_printerr ("usage: ui-preview welcome|chat|files|writing|moved|comparing|announced|thinking|thought|job|job-done|job-restart|contemplating|contemplated|consent|spoken|failed|history|arabic|wide|formulas|prose|long|loading|broken [WIDTH HEIGHT [FILE…]]\n");
    return 1;
  }
  scene = argv[1];
  ui_locale_init ();
  ui_register_resource ();
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.melete.Preview", "flags", G_APPLICATION_NON_UNIQUE,
                              "resource-base-path", "/org/melete/Melete", NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), argv);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
