/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dashboard shows, as structures: inside AppDashboard.
 *
 * Everything in it speaks of one table. A number is a *value* of rows, "sum(revenue)"; what rows are put together by is a *group*, "month(order_date)". Both are one word
 * in the specification, so that a small model writes them as it writes SQL, and a grammar has one list for each. */
#pragma once

#include <json-glib/json-glib.h>

#include "app-dashboard.h"

G_BEGIN_DECLS

typedef enum { DASHBOARD_COUNT, DASHBOARD_SUM, DASHBOARD_AVERAGE, DASHBOARD_MEDIAN, DASHBOARD_MIN, DASHBOARD_MAX, DASHBOARD_DISTINCT, DASHBOARD_N_AGGREGATES } DashboardAggregate;
extern const char *const dashboard_aggregates[DASHBOARD_N_AGGREGATES];

/* Of a date: the day, week, … that it is in; weekday and hour put together what comes again. */
typedef enum {
  DASHBOARD_AS_IT_IS, DASHBOARD_DAY, DASHBOARD_WEEK, DASHBOARD_MONTH, DASHBOARD_QUARTER, DASHBOARD_YEAR, DASHBOARD_WEEKDAY, DASHBOARD_HOUR,
  DASHBOARD_HOURS, DASHBOARD_MINUTE, /* of each day, where DASHBOARD_HOUR puts those of all days together */
  DASHBOARD_N_BUCKETS,
} DashboardBucket;
extern const char *const dashboard_buckets[DASHBOARD_N_BUCKETS];

typedef struct {
  DashboardAggregate aggregate;
  const AppColumn *column; /* NULL for count */
} DashboardValue;

typedef struct {
  DashboardBucket bucket;
  const AppColumn *column; /* NULL: there is no group */
} DashboardGroup;

/* What a kind of chart is made of. */
typedef enum {
  DASHBOARD_GROUPS, /* a value for each x, perhaps for each series */
  DASHBOARD_PARTS,  /* a value for each x, parts of one whole */
  DASHBOARD_GRID,   /* a value for each x and y */
  DASHBOARD_BINS,   /* how often numbers are in which range of x */
  DASHBOARD_POINTS, /* rows at the numbers x and y */
} DashboardShape;

typedef struct {
  const char *name;
  DashboardShape shape;
} DashboardKind;
extern const DashboardKind dashboard_kinds[];
extern const guint dashboard_n_kinds;
const DashboardKind *dashboard_kind_find (const char *name);

typedef enum { DASHBOARD_NO_SORT, DASHBOARD_BY_VALUE, DASHBOARD_BY_VALUE_UP, DASHBOARD_BY_NAME, DASHBOARD_N_SORTS } DashboardSort;
extern const char *const dashboard_sorts[DASHBOARD_N_SORTS];

typedef struct {
  char *label;
  DashboardValue value;
  DashboardGroup over;    /* a date: how the value went, and the last period beside the one before */
  char *unit;             /* NULL: as the column has it */
} DashboardKpi;

typedef struct {
  char *title;
  const DashboardKind *kind;
  DashboardValue value;
  DashboardGroup x, y, series; /* of points and bins: columns as they are */
  DashboardSort sort;
  guint limit;                 /* of groups, the others are put together; 0: as it fits */
  gboolean wide;
} DashboardChart;

typedef struct {
  char *title;
  DashboardGroup rows;  /* a row for each; otherwise rows of the table */
  GArray *values;       /* of DashboardValue, with `rows` */
  GPtrArray *columns;   /* of const AppColumn, without */
  const AppColumn *sort; /* of these rows; NULL: as in the table */
  gboolean up;
  guint limit;          /* 0: as it fits */
} DashboardTable;

/* The table that a dashboard is of. */
typedef struct {
  GPtrArray *datasets;   /* of AppDataset, owns them: the tables and columns are theirs */
  const AppDataset *dataset;
  const AppTable *table;
  char *name;            /* as a statement calls it */
} DashboardSource;

struct _AppDashboard {
  gatomicrefcount count;
  DashboardSource source;
  char *title, *summary;  /* summary: "" if it has none */
  GPtrArray *kpis, *charts, *tables; /* of the above */
  GArray *filters;        /* of DashboardGroup */
  GPtrArray *texts;       /* of char */
};

/* No dashboard has more of them. */
#define DASHBOARD_MAX_KPIS 8
#define DASHBOARD_MAX_CHARTS 12
#define DASHBOARD_MAX_TABLES 4
#define DASHBOARD_MAX_FILTERS 6
#define DASHBOARD_MAX_TEXTS 4
#define DASHBOARD_MAX_WORDS 400 /* bytes of a title or text */
#define DASHBOARD_MAX_LIMIT 1000
/* Tables of the datasets that a dashboard may be of. */
#define DASHBOARD_MAX_SOURCES 12

/* ---- tables and columns ---- */

/* The tables that a dashboard can be of: those with columns and rows, the largest first. (transfer full): of DashboardSource */
GPtrArray *dashboard_sources_new (GPtrArray *datasets);

/* What a column is good for, by its type and its values. */
gboolean dashboard_is_date (const AppColumn *column);
gboolean dashboard_is_number (const AppColumn *column);
gboolean dashboard_is_key (const AppTable *table, const AppColumn *column);      /* numbers that name something: not added up */
gboolean dashboard_is_measure (const AppTable *table, const AppColumn *column);  /* numbers that are */
gboolean dashboard_is_category (const AppTable *table, const AppColumn *column); /* puts rows together */

/* ---- words ---- */

/* "sum(revenue)", "month(order_date)". (transfer full) */
char *dashboard_value_dup_text (const DashboardValue *value);
char *dashboard_group_dup_text (const DashboardGroup *group);
/* FALSE with a sentence that says what is wrong; `where`: of it, as a pointer. */
gboolean dashboard_value_read (const DashboardSource *source, const char *text, const char *where, DashboardValue *value, GError **error);
gboolean dashboard_group_read (const DashboardSource *source, const char *text, const char *where, DashboardGroup *group, GError **error);
gboolean dashboard_group_equal (const DashboardGroup *one, const DashboardGroup *other);
/* A column's name for people: as the file has it. (transfer full) */
char *dashboard_column_dup_label (const AppColumn *column);
/* "" if it has none. (transfer full) */
char *dashboard_column_dup_unit (const AppColumn *column);
/* "Total revenue", "Average price". (transfer full) */
char *dashboard_value_dup_label (const DashboardValue *value);
char *dashboard_group_dup_label (const DashboardGroup *group);
char *dashboard_group_dup_name (const DashboardGroup *group); /* in the middle of a sentence */

/* ---- parts ---- */

AppDashboard *dashboard_new (const DashboardSource *source);
DashboardKpi *dashboard_kpi_new (void);
DashboardChart *dashboard_chart_new (void);
DashboardTable *dashboard_table_new (void);

void dashboard_kpi_free (gpointer kpi);
void dashboard_chart_free (gpointer chart);
void dashboard_table_free (gpointer table);

/* The lists of a specification. */
enum { DASHBOARD_KPIS, DASHBOARD_CHARTS, DASHBOARD_TABLES, DASHBOARD_FILTERS, DASHBOARD_TEXTS, DASHBOARD_N_LISTS };
typedef struct {
  const char *name;
  guint most;
  gboolean (*read) (AppDashboard *self, JsonNode *node, const char *where, GError **error); /* adds one */
} DashboardList;
extern const DashboardList dashboard_lists[DASHBOARD_N_LISTS];

/* An object of foreign bytes. (transfer full) */
JsonNode *dashboard_read_json (const char *json, gsize n_bytes, GError **error);
AppDashboard *dashboard_read_node (GPtrArray *datasets, JsonNode *root, GError **error);

/* The part as it is written, for "/charts/0". NULL if there is none. (transfer full) */
JsonNode *dashboard_dup_part (const AppDashboard *self, const char *pointer);
JsonNode *dashboard_dup_node (const AppDashboard *self);

G_END_DECLS
