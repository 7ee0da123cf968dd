-- strategy.lua: a custom strategy; see strategy.md.
local apogee = require "apogee"

local climbers = {}

-- The state is all that a strategy keeps from one call to the next.
function climbers.init()
  return { members = {} }
end

-- Each climber proposes a step from where it stands, or a first place.
function climbers.ask(state, count, rng, space)
  local genotypes = {}
  for place = 1, count do
    local member = state.members[place]
    if member then
      local child = member.genotype:copy()
      local gene = rng:integer(1, #child)
      child[gene] = rng:choice(child:options(gene))
      genotypes[place] = child
    else
      genotypes[place] = space:sample(rng)
    end
  end
  return genotypes, state
end

-- A climber moves if its step is better. Evaluations stand in the order of ask.
function climbers.tell(state, evaluations)
  for place, evaluation in ipairs(evaluations) do
    local member, objective = state.members[place], evaluation.objectives[1]
    if not member or objective < member.objective then
      state.members[place] = { genotype = evaluation.genotype, objective = objective }
    end
  end
  return state
end

-- The shared weights have moved, so the members were evaluated again.
function climbers.revise(state, evaluations)
  for _, evaluation in ipairs(evaluations) do
    for _, member in ipairs(state.members) do
      if member.genotype == evaluation.genotype then
        member.objective = evaluation.objectives[1]
      end
    end
  end
  return state
end

-- The individuals, best first.
function climbers.population(state)
  local sorted = table.move(state.members, 1, #state.members, 1, {})
  table.sort(sorted, function(a, b) return a.objective < b.objective end)
  for place, member in ipairs(sorted) do sorted[place] = member.genotype end
  return sorted
end

return apogee.experiment {
  name = "My first strategy",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  strategy = climbers,
  budget = {
    warm_up_updates = 10, generations = 3, updates_per_generation = 5,
    evaluations_per_generation = 6, final_updates = 5, validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
