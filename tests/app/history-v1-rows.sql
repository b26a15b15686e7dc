INSERT INTO conversations (id, title, title_source, model, pinned, created, updated, deleted, chosen) VALUES
  (1, 'Why is the sky blue?', 0, 'smollm2-135m-instruct', 0, 1795000000000, 1795000300000, NULL, 1),
  (2, 'Pinned ducks', 1, 'smollm2-135m-instruct', 1, 1794000000000, 1794000000000, NULL, 4),
  (3, 'Deleted by its owner', 0, '', 0, 1793000000000, 1793000000000, 1793000500000, 6);
INSERT INTO messages (id, conversation, parent, chosen, role, state, created, text, notices, model, finish, tokens, tokens_per_second) VALUES
  (1, 1, NULL, 3, 1, 2, 1795000000000, 'Why is the sky blue?', '', NULL, 0, 0, 0.0),
  (2, 1, 1, NULL, 2, 3, 1795000000000, 'It is', '', 'SmolLM2 135M Instruct', 0, 2, 60.5),
  (3, 1, 1, NULL, 2, 2, 1795000300000, 'Because of *Rayleigh* scattering.', '', 'SmolLM2 135M Instruct', 1, 41, 61.25),
  (4, 2, NULL, 5, 1, 2, 1794000000000, 'Quack', '', NULL, 0, 0, 0.0),
  (5, 2, 4, NULL, 2, 1, 1794000000000, 'A duck says', '', 'SmolLM2 135M Instruct', 0, 0, 0.0),
  (6, 3, NULL, NULL, 1, 2, 1793000000000, 'Rayleigh, deleted', '', NULL, 0, 0, 0.0);
