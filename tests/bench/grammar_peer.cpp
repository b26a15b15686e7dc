// SPDX-License-Identifier: GPL-3.0-or-later
// How long llama.cpp takes to find which tokens may come next, under a JSON Schema or a grammar, before each token of a text.
//
//     grammar_peer MODEL (schema | grammar) FILE TIMES < text
//
// Prints the number of masks, and microseconds for each in the mean. Built by tests/bench/grammar.py against the peer's own headers.
#include "json-schema-to-grammar.h"
#include "json.h"
#include "llama.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

static std::string
all_of (std::istream &stream)
{
  return { std::istreambuf_iterator<char> (stream), {} };
}

int
main (int argc, char **argv)
{
  if (argc != 5)
    return 2;
  llama_log_set ([] (ggml_log_level, const char *, void *) {}, nullptr);
  llama_model_params params = llama_model_default_params ();
  params.vocab_only = true;
  llama_model *model = llama_model_load_from_file (argv[1], params);
  if (!model)
    return 1;
  const llama_vocab *vocab = llama_model_get_vocab (model);
  std::ifstream file (argv[3]);
  std::string source = all_of (file), text = all_of (std::cin);
  if (std::strcmp (argv[2], "schema") == 0)
    source = json_schema_to_grammar (common_json::parse (source));
  std::vector<llama_token> tokens (text.size () + 8);
  tokens.resize (llama_tokenize (vocab, text.data (), (int32_t) text.size (), tokens.data (), (int32_t) tokens.size (), false, false));

  const int n_vocab = llama_vocab_n_tokens (vocab);
  std::vector<llama_token_data> all (n_vocab);
  double sum = 0;
  int n = 0;
  for (int time = 0; time < std::atoi (argv[4]); time++) {
    llama_sampler *sampler = llama_sampler_init_grammar (vocab, source.c_str (), "root");
    if (!sampler)
      return 1;
    for (size_t i = 0; i <= tokens.size (); i++) {
      for (int id = 0; id < n_vocab; id++)
        all[id] = { id, 0, 0 };
      llama_token_data_array candidates = { all.data (), all.size (), -1, false };
      const auto begin = std::chrono::steady_clock::now ();
      llama_sampler_apply (sampler, &candidates);
      sum += std::chrono::duration<double, std::micro> (std::chrono::steady_clock::now () - begin).count ();
      n++;
      if (i == tokens.size ())
        break;
      if (all[tokens[i]].logit != 0) {
        std::fprintf (stderr, "The peer does not allow token %zu.\n", i);
        return 1;
      }
      llama_sampler_accept (sampler, tokens[i]);
    }
    llama_sampler_free (sampler);
  }
  std::printf ("%d %.1f\n", n / std::atoi (argv[4]), sum / n);
  return 0;
}
