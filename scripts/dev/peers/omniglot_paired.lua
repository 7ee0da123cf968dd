-- omniglot_paired.lua: omniglot_maml.lua with each training episode written to the run's events.
--
-- Purpose   omniglot_maml.py can use the same episodes and initial weights, so that seeds make no
--           difference; it says which results must then be equal.
-- Data      Omniglot (--data DIR).
-- Time      As omniglot_maml.lua.
--
-- Run it    apogee run scripts/dev/peers/omniglot_paired.lua --data DIR --seed 1
--           and for its initial weights, with steps too small to change them,
--             --set budget.updates=1 --set learner.outer.learning_rate=1e-30
local apogee = require "apogee"

-- All classes and drawings equally likely. A line per episode: NAME:DRAWING,… for each class,
-- drawings from 1, those of the support set first.
local function printed(dataset, rng)
  local episode = { classes = rng:sample(dataset.ways, #dataset.classes), support = {}, query = {} }
  local count, line = dataset.shots + dataset.queries, { "episode" }
  for label, place in ipairs(episode.classes) do
    local class = dataset.classes[place]
    local drawings = rng:sample(count, class.examples)
    episode.support[label] = table.move(drawings, 1, dataset.shots, 1, {})
    episode.query[label] = table.move(drawings, dataset.shots + 1, count, 1, {})
    line[label + 1] = class.name .. ":" .. table.concat(drawings, ",")
  end
  print(table.concat(line, " "))
  return episode
end

return apogee.experiment {
  name = "Conv-4 by MAML on Omniglot, episodes printed",
  api = 1,
  tasks = {
    "episodes", dataset = "omniglot", split = "alphabets", rotations = true,
    train = { "Balinese", "Early_Aramaic", "Greek", "Latin", "Japanese_(katakana)", "Sanskrit" },
    test = { "Korean", "Tagalog" }, validation_fraction = 0.03, ways = 5, shots = 1, queries = 15,
    sampler = printed,
  },
  space = { "conv4", filters = 64 },
  learner = {
    "maml", order = 1, inner_steps = 1, inner_learning_rate = 0.4, test_steps = 3, meta_batch = 8,
    outer = { "adam", learning_rate = 1e-3 }, initial_weights = "he",
  },
  budget = { updates = 1000, validation_tasks = 16, test_tasks = 600 },
}
