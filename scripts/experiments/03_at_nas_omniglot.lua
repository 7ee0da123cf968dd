-- 03_at_nas_omniglot.lua: AT-NAS on Omniglot, tested on unseen alphabets.
--
-- Purpose   Evolve a subnet while its supernet is meta-learned, then adapt it to characters of
--           unseen alphabets, with and without a short search on each task's support set.
--           Baselines: Conv-4 with the same learner and the same compute, and random search with
--           the same number of evaluations.
-- Data      Omniglot (Lake, Salakhutdinov, Tenenbaum 2015): images_background_small1.zip and
--           images_background_small2.zip in the folder given by --data.
-- Expected  5-way 1-shot accuracy on 600 tasks from Korean and Tagalog for every row; the results
--           with seed 0 are in benchmarks-data/experiments.json.
-- Time      About 10 minutes on two cores.
--
-- Run it    apogee run scripts/experiments/03_at_nas_omniglot.lua --data ../shared/data/omniglot
local apogee = require "apogee"

return apogee.experiment {
  name = "AT-NAS on Omniglot, 5-way 1-shot",
  api = 1,
  tasks = {
    "episodes", dataset = "omniglot", split = "alphabets",
    -- Validation classes are held out of the training alphabets.
    train = {
      "Balinese", "Early_Aramaic", "Greek", "Latin", "Japanese_(katakana)", "Sanskrit",
    },
    test = { "Korean", "Tagalog" },
    ways = 5, shots = 1, queries = 15, rotations = true,
  },
  space = { "cells", nodes = 3, channels = 8, operations = "darts" },
  learner = {
    "maml", order = 1, inner_steps = 5, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 }, outer_schedule = "cosine",
  },
  strategy = { "evolution", population = 20, mutation = "per_gene", crossover = "uniform" },
  objectives = { "query_error", "parameters" },
  budget = {
    warm_up_updates = 300, generations = 6, updates_per_generation = 40, final_updates = 300,
    validation_tasks = 16, test_tasks = 600,
  },
  per_task_search = { generations = 2, population = 8 },
  arms = { "searched", "searched_per_task", "random_search", { "conv4", filters = 64 } },
}
