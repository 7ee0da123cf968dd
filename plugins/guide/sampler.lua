-- sampler.lua: a custom task sampler and path sampler; see sampler.md.
local apogee = require "apogee"

-- Draws uniformly from the classes whose images are not rotated.
local function upright(dataset, rng)
  local places = {}
  for place, class in ipairs(dataset.classes) do
    if class.rotation == 0 then places[#places + 1] = place end
  end
  local episode = { classes = {}, support = {}, query = {} }
  local count = dataset.shots + dataset.queries
  for label, chosen in ipairs(rng:sample(dataset.ways, #places)) do
    local class = places[chosen]
    local examples = rng:sample(count, dataset.classes[class].examples)
    episode.classes[label] = class
    episode.support[label] = table.move(examples, 1, dataset.shots, 1, {})
    episode.query[label] = table.move(examples, dataset.shots + 1, count, 1, {})
  end
  return episode
end

-- Half of the time the best of the population, otherwise any path of the space.
local function best_or_any(progress, rng)
  local best = progress.population[1]
  if best and rng:chance(0.5) then return best end
  return progress.space:sample(rng)
end

return apogee.experiment {
  name = "My first samplers",
  api = 1,
  tasks = {
    "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5, rotations = true,
    sampler = upright,
  },
  space = { "cells", nodes = 2, channels = 4 },
  strategy = { "evolution", population = 6 },
  paths = best_or_any,
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
