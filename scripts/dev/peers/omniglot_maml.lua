-- omniglot_maml.lua: Conv-4 by first-order MAML on Omniglot, the counterpart of omniglot_maml.py.
--
-- Purpose   Shows that training reaches the same accuracy as in PyTorch, with the same settings.
-- Data      Omniglot (--data DIR).
-- Expected  The accuracies of Decisions/0007. Training has not converged: seeds differ by up to two
--           points in both programs, so compare means, or use omniglot_paired.lua. For five steps:
--             --set learner.inner_steps=5 --set learner.inner_learning_rate=0.1
--             --set learner.test_steps=5
-- Time      4 minutes on two cores; 10 with five inner steps.
--
-- Run it    apogee run scripts/dev/peers/omniglot_maml.lua --data DIR --seed 1
local apogee = require "apogee"

return apogee.experiment {
  name = "Conv-4 by MAML on Omniglot",
  api = 1,
  tasks = {
    "episodes", dataset = "omniglot", split = "alphabets", rotations = true,
    train = { "Balinese", "Early_Aramaic", "Greek", "Latin", "Japanese_(katakana)", "Sanskrit" },
    test = { "Korean", "Tagalog" }, validation_fraction = 0.03, ways = 5, shots = 1, queries = 15,
  },
  space = { "conv4", filters = 64 },
  learner = {
    "maml", order = 1, inner_steps = 1, inner_learning_rate = 0.4, test_steps = 3, meta_batch = 8,
    outer = { "adam", learning_rate = 1e-3 }, initial_weights = "he",
  },
  budget = { updates = 1000, validation_tasks = 16, test_tasks = 600 },
}
