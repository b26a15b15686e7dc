/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-contemplation.h"

#include <glib/gi18n.h>
#include <string.h>

#include "agents/final-answer.h"
#include "agents/strategies.h"
#include "engine.h"

/* What an agent may need for its own words, in tokens: what it works out, what the others came to, and its second look. What was said before all have together. */
#define AGENT_TOKENS 2048
/* Agents that are to differ need some chance, where the person asked for none. */
#define LEAST_TEMPERATURE 0.6
/* Between the seeds of two agents. */
#define SEED_STEP 7919
/* Bytes of each answer that the others, and the synthesis, are shown. */
#define MOST_SHOWN 1200

typedef enum { STAGE_ATTACK, STAGE_REFINE, STAGE_SYNTHESIS } Stage;

G_STATIC_ASSERT (AGENT_N_STRATEGIES == APP_CONTEMPLATION_MOST);

/* One agent. */
typedef struct {
  AppContemplation *owner;
  guint index;
  AppLane *lane;
  AppCompletion *work; /* NULL while it does nothing */
  GString *text;       /* of this stage */
  gint64 counted;      /* tokens of this stage that the lane knows of */
  char *first;         /* the text of the attack, whole; NULL before its end */
  char *key;           /* its short answer, normalised; NULL: none, or it looks at it again */
  char *before;        /* the one that it looks at again; NULL */
  gboolean spared, stopped, paused;
  gulong pauses;       /* the handler of its lane; 0: nobody can hold it */
} Agent;

struct _AppContemplation {
  AppCompletion parent;
  AppEngine *engine;
  AppPrompt *prompt;
  AppDepth depth; /* of each agent */
  guint n;
  Agent agents[APP_CONTEMPLATION_MOST];
  GListStore *lanes;
  Stage stage;
  AppCompletion *synthesis;
  guint n_running;
  gboolean cancelled, settled;
  char *notice;
  gint64 began;
  AppStats stats;
  GError *error; /* of the first agent that failed */
};

G_DEFINE_FINAL_TYPE (AppContemplation, app_contemplation, APP_TYPE_COMPLETION)

guint
app_contemplation_choose_n (guint n_cores, gsize memory, gsize agent_bytes)
{
  gsize room = agent_bytes > 0 ? memory / 2 / agent_bytes : APP_CONTEMPLATION_MOST;

  return CLAMP (MIN ((gsize) n_cores * 2, room), APP_CONTEMPLATION_FEWEST, APP_CONTEMPLATION_MOST);
}

GListModel *
app_contemplation_get_lanes (AppContemplation *self)
{
  return G_LIST_MODEL (self->lanes);
}

const char *
app_contemplation_get_notice (AppContemplation *self)
{
  return self->notice;
}

/* ---- the end ---- */

static void
count (AppContemplation *self, const AppStats *stats)
{
  self->stats.tokens += stats->tokens;
  self->stats.prompt_tokens = MAX (self->stats.prompt_tokens, stats->prompt_tokens);
  self->stats.reused_tokens = MAX (self->stats.reused_tokens, stats->reused_tokens);
  self->stats.dropped_messages = MAX (self->stats.dropped_messages, stats->dropped_messages);
  self->stats.place = stats->place;
}

static void
finish (AppContemplation *self, AppFinish how)
{
  double seconds = (g_get_monotonic_time () - self->began) / (double) G_USEC_PER_SEC;

  self->stats.finish = how;
  /* Of all together. */
  self->stats.tokens_per_second = seconds > 0 ? self->stats.tokens / seconds : 0;
  app_completion_push_finished (APP_COMPLETION (self), &self->stats, self->cancelled, g_steal_pointer (&self->error));
}

/* An agent's words are the answer. */
static void
say (AppContemplation *self, const Agent *agent)
{
  const char *text = agent->text->len > 0 ? agent->text->str : agent->first;

  if (text)
    app_completion_push_text (APP_COMPLETION (self), text, strlen (text));
}

/* What all wrote is the thought of the answer, which is kept with it; it is told before the first word of the answer. */
static void
tell_thoughts (AppContemplation *self)
{
  g_autoptr (GString) thoughts = g_string_new (NULL);

  for (guint i = 0; i < self->n; i++) {
    AppLane *lane = self->agents[i].lane;

    if (*app_lane_get_text (lane) != '\0')
      g_string_append_printf (thoughts, "%s**%s**\n\n%s", thoughts->len > 0 ? "\n\n" : "", app_lane_get_name (lane), app_lane_get_text (lane));
  }
  if (thoughts->len > 0)
    app_completion_push_thought (APP_COMPLETION (self), thoughts->str, thoughts->len);
  self->stats.thought_tokens = self->stats.tokens;
  self->stats.first_token_ms = (g_get_monotonic_time () - self->began) / 1000.0; /* of the answer */
  self->stats.thought_ms = (g_get_monotonic_time () - self->began) / 1000.0;
  self->stats.thought_end = APP_THOUGHT_CLOSED;
}

/* ---- agreement ---- */

/* How many agents came to what this one came to. */
static guint
count_like (AppContemplation *self, const Agent *agent)
{
  guint n = 0;

  for (guint i = 0; agent->key && i < self->n; i++)
    n += g_strcmp0 (self->agents[i].key, agent->key) == 0;
  return n;
}

/* Who stands for most; of as many, who comes first. NULL where nobody has a short answer. */
static const Agent *
find_leader (AppContemplation *self)
{
  const Agent *leader = NULL;

  for (guint i = 0; i < self->n; i++)
    if (self->agents[i].key && (!leader || count_like (self, &self->agents[i]) > count_like (self, leader)))
      leader = &self->agents[i];
  return leader;
}

/* Whether it is settled without those that are still at work. */
static gboolean
is_settled (AppContemplation *self)
{
  const Agent *leader = find_leader (self);
  guint n_like = leader ? count_like (self, leader) : 0, n_other = 0;

  for (guint i = 0; i < self->n; i++)
    n_other += self->agents[i].key && leader && !g_str_equal (self->agents[i].key, leader->key);
  return n_like > self->n / 2 || (n_like >= 2 && n_other == 0);
}

static void
settle (AppContemplation *self)
{
  const Agent *leader = find_leader (self);
  guint n_like = count_like (self, leader);

  self->settled = TRUE;
  self->notice = g_strdup_printf (g_dngettext (NULL, "%u of %u agent came to “%s”", "%u of %u agents came to “%s”", self->n), n_like, self->n, app_lane_get_answer (leader->lane));
  tell_thoughts (self);
  say (self, leader);
  for (guint i = 0; i < self->n; i++)
    if (self->agents[i].work) {
      self->agents[i].spared = TRUE;
      app_completion_cancel (self->agents[i].work);
    }
}

/* ---- stages ---- */

static void on_agent_text (AppCompletion *work, const char *piece, Agent *agent);
static void on_agent_thought (AppCompletion *work, const char *piece, Agent *agent);
static void on_agent_finished (AppCompletion *work, Agent *agent);
static void on_lane_pause (AppLane *lane, gboolean pause, Agent *agent);

/* Begins what is to be done next by this agent; FALSE with what went wrong. */
static gboolean
set_to_work (AppContemplation *self, Agent *agent, AppPrompt *prompt, const char *task)
{
  g_autoptr (GError) error = NULL;

  agent->work = app_engine_complete (self->engine, prompt, &error);
  if (!agent->work) {
    app_lane_set_answer (agent->lane, error->message);
    app_lane_end (agent->lane, APP_LANE_FAILED);
    if (!self->error)
      self->error = g_steal_pointer (&error);
    return FALSE;
  }
  g_string_truncate (agent->text, 0);
  agent->counted = 0;
  app_lane_begin (agent->lane, task);
  g_signal_connect (agent->work, "text", G_CALLBACK (on_agent_text), agent);
  g_signal_connect (agent->work, "thought", G_CALLBACK (on_agent_thought), agent);
  g_signal_connect (agent->work, "finished", G_CALLBACK (on_agent_finished), agent);
  if (agent->pauses == 0 && app_completion_can_pause (agent->work))
    agent->pauses = g_signal_connect (agent->lane, "pause", G_CALLBACK (on_lane_pause), agent);
  self->n_running++;
  app_completion_start (agent->work);
  if (agent->paused)
    on_lane_pause (agent->lane, TRUE, agent);
  return TRUE;
}

/* The prompt of all, with other words behind the newest note, and other luck. */
static AppPrompt *
make_prompt (AppContemplation *self, const Agent *agent, const char *behind)
{
  AppPrompt *prompt = app_prompt_copy (self->prompt);
  AppSampling sampling = *app_prompt_get_sampling (prompt);

  if (agent->index > 0)
    sampling.temperature = MAX (sampling.temperature, LEAST_TEMPERATURE);
  sampling.seed += (guint64) agent->index * SEED_STEP;
  app_prompt_set_sampling (prompt, &sampling);
  app_prompt_set_thinking (prompt, &(AppThinking) { .depth = self->depth });
  app_prompt_drop_tools (prompt);
  app_prompt_put_behind (prompt, behind);
  return prompt;
}

#define LAST_LINE "If the question has one short answer, end with a line that begins with “Answer:” and has only that answer. Write in the language of the question."

static void
attack (AppContemplation *self)
{
  for (guint i = 0; i < self->n; i++) {
    Agent *agent = &self->agents[i];
    g_autofree char *words = g_strconcat (AGENT_MANNER, " ", agent_strategies[i].words, " ", LAST_LINE, NULL);
    g_autoptr (AppPrompt) prompt = make_prompt (self, agent, words);

    set_to_work (self, agent, prompt, _("works it out"));
  }
}

/* The end of a text is where its answer is. */
static void
append_shown (GString *to, const char *name, const char *text)
{
  gsize length = strlen (text);
  const char *from = text;

  if (length > MOST_SHOWN) {
    from = text + length - MOST_SHOWN;
    while ((*from & 0xc0) == 0x80)
      from++;
    g_string_append_printf (to, "\n\n%s:\n…%s", name, from);
  } else {
    g_string_append_printf (to, "\n\n%s:\n%s", name, text);
  }
}

/* Each sees what the others came to, as claims that may be wrong. */
static void
refine (AppContemplation *self)
{
  g_autoptr (GPtrArray) claims = g_ptr_array_new_with_free_func (g_free); /* of the attack; NULL: none */

  self->stage = STAGE_REFINE;
  for (guint i = 0; i < self->n; i++)
    g_ptr_array_add (claims, self->agents[i].key ? g_strdup (app_lane_get_answer (self->agents[i].lane)) : NULL);
  for (guint i = 0; i < self->n; i++) {
    Agent *agent = &self->agents[i];
    g_autoptr (AppPrompt) prompt = NULL;
    g_autoptr (GString) words = g_string_new ("Others have come to:");
    guint n_others = 0;

    if (agent->stopped || !agent->first)
      continue;
    for (guint j = 0; j < self->n; j++)
      if (j != i && claims->pdata[j]) {
        g_string_append_printf (words, "\n- %s", (const char *) claims->pdata[j]);
        n_others++;
      }
    /* It alone has an answer: there is nothing to compare it with. */
    if (n_others == 0)
      continue;
    g_string_append (words, "\nNot all of them can be right. Look for the mistake, in your own working first: check each number against the question. Then give your answer again, briefly. " LAST_LINE);
    prompt = make_prompt (self, agent, "");
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, agent->first);
    app_prompt_add (prompt, APP_ROLE_USER, NULL, words->str);
    g_free (agent->before);
    agent->before = g_steal_pointer (&agent->key);
    app_lane_append (agent->lane, "\n\n");
    set_to_work (self, agent, prompt, _("checks its own answer"));
  }
}

static void
on_synthesis_text (AppCompletion *work, const char *piece, AppContemplation *self)
{
  app_completion_push_text (APP_COMPLETION (self), piece, strlen (piece));
}

static void
on_synthesis_finished (AppCompletion *work, AppContemplation *self)
{
  const GError *error = app_completion_get_error (work);
  const AppStats *stats = app_completion_get_stats (work);

  g_signal_handlers_disconnect_by_data (work, self);
  count (self, stats);
  if (error && !self->error)
    self->error = g_error_copy (error);
  self->cancelled = self->cancelled || app_completion_get_cancelled (work);
  finish (self, error ? APP_FINISH_NONE : stats->finish);
}

/* What they came to, each once, and how many did. */
static void
append_tally (GString *to, AppContemplation *self)
{
  guint n_told = 0;

  for (guint i = 0; i < self->n; i++) {
    const Agent *agent = &self->agents[i];
    gboolean told = agent->key == NULL;

    for (guint j = 0; !told && j < i; j++)
      told = g_strcmp0 (self->agents[j].key, agent->key) == 0;
    if (!told)
      g_string_append_printf (to, "%s %s (%u of %u)", n_told++ > 0 ? "," : "\n\nThey came to:", app_lane_get_answer (agent->lane), count_like (self, agent), self->n);
  }
  if (n_told > 0)
    g_string_append_c (to, '.');
}

static void
synthesise (AppContemplation *self)
{
  g_autoptr (AppPrompt) prompt = app_prompt_copy (self->prompt);
  g_autoptr (GString) words = g_string_new ("Several people have worked on this, each alone. This is what they wrote:");
  const Agent *leader = find_leader (self);
  guint n_wrote = 0;

  self->stage = STAGE_SYNTHESIS;
  app_prompt_set_thinking (prompt, &(AppThinking) { .depth = APP_DEPTH_INSTANT }); /* it has been thought about */
  app_prompt_drop_tools (prompt);
  for (guint i = 0; i < self->n; i++) {
    const Agent *agent = &self->agents[i];
    g_autofree char *name = g_strdup_printf ("%c", 'A' + i);

    if (agent->text->len == 0 && !agent->first)
      continue;
    n_wrote++;
    append_shown (words, name, agent->text->len > 0 ? agent->text->str : agent->first);
  }
  append_tally (words, self);
  g_string_append (words, "\n\nNow give the best answer to the question, complete in itself. Take what is right from each, and leave out what is wrong. "
                          "Where they came to different results, say in one sentence where they disagreed and why yours is right. " LAST_LINE);
  app_prompt_put_behind (prompt, words->str);
  if (leader)
    self->notice = g_strdup_printf (_("%u agents came to different answers; this one was made of all of them"), n_wrote);
  else
    self->notice = g_strdup_printf (_("made of what %u agents wrote"), n_wrote);
  tell_thoughts (self);
  self->synthesis = app_engine_complete (self->engine, prompt, self->error ? NULL : &self->error);
  if (!self->synthesis) {
    finish (self, APP_FINISH_NONE);
    return;
  }
  g_clear_error (&self->error);
  g_signal_connect (self->synthesis, "text", G_CALLBACK (on_synthesis_text), self);
  g_signal_connect (self->synthesis, "finished", G_CALLBACK (on_synthesis_finished), self);
  app_completion_start (self->synthesis);
}

/* All of a stage have ended. */
static void
go_on (AppContemplation *self)
{
  guint n_wrote = 0;

  for (guint i = 0; i < self->n; i++)
    n_wrote += self->agents[i].first != NULL;
  if (self->cancelled) {
    finish (self, APP_FINISH_NONE);
  } else if (self->settled) {
    g_clear_error (&self->error); /* the others were enough */
    finish (self, APP_FINISH_STOP);
  } else if (n_wrote == 0) {
    /* Nobody wrote anything: they failed, or the person stopped each. */
    self->cancelled = self->error == NULL;
    finish (self, APP_FINISH_NONE);
  } else if (n_wrote == 1) {
    tell_thoughts (self);
    for (guint i = 0; i < self->n; i++)
      if (self->agents[i].first)
        say (self, &self->agents[i]);
    g_clear_error (&self->error);
    finish (self, APP_FINISH_STOP);
  } else if (self->stage == STAGE_ATTACK && find_leader (self)) {
    refine (self);
    if (self->n_running == 0)
      go_on (self);
  } else {
    synthesise (self);
  }
}

/* ---- one agent ---- */

static void
count_tokens (Agent *agent, gint64 tokens)
{
  if (tokens > agent->counted)
    app_lane_count (agent->lane, tokens - agent->counted);
  agent->counted = MAX (tokens, agent->counted);
}

/* Its own thought is told by nobody, but it is work. */
static void
on_agent_thought (AppCompletion *work, const char *piece, Agent *agent)
{
  count_tokens (agent, app_completion_get_tokens (work));
}

static void
on_agent_text (AppCompletion *work, const char *piece, Agent *agent)
{
  count_tokens (agent, app_completion_get_tokens (work));
  g_string_append (agent->text, piece);
  app_lane_append (agent->lane, piece);
}

static void
on_agent_finished (AppCompletion *work, Agent *agent)
{
  AppContemplation *self = agent->owner;
  const GError *error = app_completion_get_error (work);
  gboolean cancelled = app_completion_get_cancelled (work);

  g_signal_handlers_disconnect_by_data (work, agent);
  count (self, app_completion_get_stats (work));
  count_tokens (agent, app_completion_get_stats (work)->tokens);
  if (!app_completion_get_sources (APP_COMPLETION (self)))
    app_completion_set_sources (APP_COMPLETION (self), app_completion_get_sources (work));
  g_clear_object (&agent->work);
  self->n_running--;
  if (error) {
    if (!self->error)
      self->error = g_error_copy (error);
    app_lane_set_answer (agent->lane, error->message);
    app_lane_end (agent->lane, APP_LANE_FAILED);
  } else if (cancelled) {
    app_lane_end (agent->lane, agent->spared ? APP_LANE_SPARED : APP_LANE_STOPPED);
  } else {
    g_autofree char *answer = final_answer_find (agent->text->str), *key = answer ? final_answer_normalise (answer) : NULL;

    if (!agent->first)
      agent->first = g_strdup (agent->text->str);
    /* Who has nothing to say when looking again stays with what was said. */
    if (answer || !agent->before)
      app_lane_set_answer (agent->lane, answer);
    if (key && *key)
      agent->key = g_steal_pointer (&key);
    else if (!answer)
      agent->key = g_steal_pointer (&agent->before);
    app_lane_end (agent->lane, APP_LANE_DONE);
    if (!self->settled && !self->cancelled && is_settled (self))
      settle (self);
  }
  if (self->n_running == 0)
    go_on (self);
}

/* The person has had enough of this one. */
static void
on_lane_stop (AppLane *lane, Agent *agent)
{
  agent->stopped = TRUE;
  if (agent->work)
    app_completion_cancel (agent->work);
}

/* Held until the person lets it go on; the others work on meanwhile. */
static void
on_lane_pause (AppLane *lane, gboolean pause, Agent *agent)
{
  agent->paused = pause;
  if (agent->work)
    app_completion_set_paused (agent->work, pause);
  app_lane_set_pause (lane, pause ? APP_LANE_PAUSED : APP_LANE_GOES);
}

/* ---- AppCompletion ---- */

static gboolean
begin (gpointer data)
{
  AppContemplation *self = data;

  if (!self->cancelled)
    attack (self);
  if (self->n_running == 0)
    go_on (self);
  return G_SOURCE_REMOVE;
}

static void
app_contemplation_start (AppCompletion *completion)
{
  AppContemplation *self = APP_CONTEMPLATION (completion);

  self->began = g_get_monotonic_time ();
  /* What fails at once must not end before this returns. */
  g_idle_add_full (G_PRIORITY_DEFAULT, begin, g_object_ref (self), g_object_unref);
}

static void
app_contemplation_cancel (AppCompletion *completion)
{
  AppContemplation *self = APP_CONTEMPLATION (completion);

  self->cancelled = TRUE;
  for (guint i = 0; i < self->n; i++)
    if (self->agents[i].work)
      app_completion_cancel (self->agents[i].work);
  if (self->synthesis)
    app_completion_cancel (self->synthesis);
}

static void
app_contemplation_finalize (GObject *object)
{
  AppContemplation *self = APP_CONTEMPLATION (object);

  for (guint i = 0; i < self->n; i++) {
    Agent *agent = &self->agents[i];

    g_signal_handlers_disconnect_by_data (agent->lane, agent);
    g_object_unref (agent->lane);
    g_clear_object (&agent->work);
    g_string_free (agent->text, TRUE);
    g_free (agent->first);
    g_free (agent->key);
    g_free (agent->before);
  }
  g_clear_object (&self->synthesis);
  g_object_unref (self->lanes);
  g_object_unref (self->engine);
  app_prompt_unref (self->prompt);
  g_free (self->notice);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (app_contemplation_parent_class)->finalize (object);
}

static void
app_contemplation_class_init (AppContemplationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_contemplation_finalize;
  APP_COMPLETION_CLASS (klass)->start = app_contemplation_start;
  APP_COMPLETION_CLASS (klass)->cancel = app_contemplation_cancel;
}

static void
app_contemplation_init (AppContemplation *self)
{
  self->lanes = g_list_store_new (APP_TYPE_LANE);
}

AppCompletion *
app_contemplation_new (AppEngine *engine, AppPrompt *prompt, guint n_agents)
{
  AppContemplation *self = g_object_new (APP_TYPE_CONTEMPLATION, NULL);

  self->engine = g_object_ref (engine);
  self->prompt = app_prompt_ref (prompt);
  /* A model that never learned to think gets its plan by the strategy. */
  self->depth = app_engine_get_thinks (engine) > APP_THINKS_NO ? APP_DEPTH_COMPACT : APP_DEPTH_INSTANT;
  self->n = n_agents ? CLAMP (n_agents, APP_CONTEMPLATION_FEWEST, APP_CONTEMPLATION_MOST) : app_contemplation_choose_n (g_get_num_processors (), engine_memory_available (), app_engine_get_token_bytes (engine) * AGENT_TOKENS);
  for (guint i = 0; i < self->n; i++) {
    Agent *agent = &self->agents[i];

    *agent = (Agent) { .owner = self, .index = i, .lane = app_lane_new (_(agent_strategies[i].name)), .text = g_string_new (NULL) };
    g_signal_connect (agent->lane, "stop", G_CALLBACK (on_lane_stop), agent);
    g_list_store_append (self->lanes, agent->lane);
  }
  return APP_COMPLETION (self);
}
