-- 04_maml_sine.lua: the sine waves of the MAML paper.
--
-- Purpose   Reproduce section 5.1 of Finn, Abbeel, Levine, "Model-agnostic meta-learning for fast
--           adaptation of deep networks", ICML 2017: a network meta-learned on sine waves is
--           compared with one pre-trained on all waves, both adapted to ten points of a new wave.
-- Data      sine: amplitudes 0.1 to 5, phases 0 to pi, inputs -5 to 5; nothing is downloaded.
-- Expected  After one step, the meta-learned network's error is far below the pre-trained one's.
-- Time      Half a minute on two cores.
--
-- Run it    apogee run scripts/experiments/04_maml_sine.lua
local apogee = require "apogee"

return apogee.experiment {
  name = "MAML on sine waves, 10 points",
  api = 1,
  tasks = { "sine", shots = 10, queries = 10 },
  space = { "mlp", hidden = { 40, 40 } },
  -- The paper's settings: one inner step at 0.01, 25 waves per update, Adam.
  learner = {
    "maml", order = 2, inner_steps = 1, inner_learning_rate = 0.01, test_steps = 1,
    meta_batch = 25, outer = { "adam", learning_rate = 0.001 },
  },
  budget = { updates = 10000, validation_tasks = 100, test_tasks = 600 },
  arms = { "maml", "pretrained" },
}
