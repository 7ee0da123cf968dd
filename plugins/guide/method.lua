-- method.lua: a custom search method; see method.md.
local apogee = require "apogee"

local halving = {}

-- The state is all that a method keeps from one step to the next.
function halving.init(context)
  return { round = 0, learner = context.learner, strategy = context:strategy() }
end

-- One round: train all survivors' shared weights, then keep the better half.
function halving.step(state, context)
  local rng = context:stream("rounds"):split(state.round)
  local candidates = {}
  for place, evaluation in ipairs(state.survivors or {}) do
    candidates[place] = evaluation.genotype
  end
  if #candidates == 0 then candidates = state.strategy:ask(16) end

  for update = 1, 5 do
    local tasks = context:tasks(context.budget.meta_batch, state.learner.updates,
      { phase = "search", update = state.round * 5 + update, updates = 20,
        generation = state.round, generations = 4 })
    local paths = {}
    for index = 1, #tasks do paths[index] = rng:choice(candidates) end
    context:update {
      tasks = tasks, paths = paths, phase = "search", fraction = state.round / 4,
      done = state.round * 5 + update, total = 20,
    }
  end

  local ranked = context:evaluate(candidates, { generation = state.round, origin = "halving" })
  table.sort(ranked, function(a, b) return a.objectives[1] < b.objectives[1] end)
  for place = #ranked, #ranked // 2 + 1, -1 do
    if #ranked > 1 then ranked[place] = nil end
  end
  context:generation(state.round, #candidates, ranked)
  state.survivors, state.round = ranked, state.round + 1
  return state, state.round == 4
end

-- The best first.
function halving.result(state) return state.survivors end

return apogee.experiment {
  name = "My first method",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  strategy = { "evolution", population = 16 },
  method = halving,
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
