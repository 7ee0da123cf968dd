-- methods/at_nas.lua: across-task neural architecture search as a method in Lua.
--
-- Purpose   The built-in search, step by step: a supernet's weights are meta-learned over
--           a distribution of tasks while evolution adapts the encodings of its subnets
--           (reconstructed from the abstract of arXiv 2110.05842).
-- Data      That of the plan that uses it as its `method`, as in 11_lua_method.lua.
-- Expected  The events and results of the built-in search, bit for bit.
-- Time      That of the built-in search; a minute for 11_lua_method.lua.
--
-- state.generation counts completed generations, state.warmed the updates of the warm-up, which
-- takes a step for every hundred: a run that is killed there goes on from the last one.

local at_nas = {}

--- One meta-update of the shared weights. Without a share of paths from the population, the plan's
--- `paths` chooses them.
local function meta_update(state, context, progress, population, options)
  local number = state.learner.updates
  local tasks = context:tasks(context.budget.meta_batch, number, progress)
  local paths = context:paths(#tasks, number, progress, {
    population = population, population_fraction = options.population_fraction,
  })
  context:update {
    tasks = tasks, paths = paths, factor = options.factor, phase = options.phase,
    fraction = number / math.max(context.budget.total_updates, 1), done = options.done,
    total = options.total,
  }
end

local function warm_up(state, context)
  local updates = context.budget.warm_up_updates
  if state.warmed == 0 then context:start("warm-up", updates, "updates") end
  local last = math.min(state.warmed + 100, updates)
  for update = state.warmed, last - 1 do
    meta_update(state, context, {
      phase = "warm_up", update = update, updates = updates,
      generations = context.budget.generations,
    }, {}, { population_fraction = 0, phase = "warm-up", done = update + 1, total = updates })
  end
  state.warmed = last
  return last >= updates
end

--- Evaluations, the best first objective first; of equal ones the earlier.
local function ranked(evaluations)
  local best = {}
  for place, evaluation in ipairs(evaluations) do
    best[place] = { place = place, evaluation = evaluation }
  end
  table.sort(best, function(a, b)
    local x, y = a.evaluation.objectives[1], b.evaluation.objectives[1]
    if x == y then return a.place < b.place end
    return x < y
  end)
  for place, entry in ipairs(best) do best[place] = entry.evaluation end
  return best
end

--- The genotypes of evaluations.
local function genotypes(evaluations)
  local list = {}
  for index, evaluation in ipairs(evaluations) do list[index] = evaluation.genotype end
  return list
end

local function generation(state, context)
  local budget = context.budget
  local unit, number = budget.updates_per_generation, state.generation
  local total = budget.generations * unit
  local function progress(update, history)
    return { phase = "search", update = update, updates = total, generation = number,
      generations = budget.generations, history = history }
  end
  local settings = context:settings(progress(number * unit, state.history))
  if settings.mutation_probability then
    state.strategy:set_mutation_probability(settings.mutation_probability)
  end
  local population = genotypes(state.strategy:population())
  for update = number * unit, number * unit + unit - 1 do
    meta_update(state, context, progress(update), population, {
      population_fraction = settings.population_fraction,
      factor = settings.outer_learning_rate_factor, phase = "search", done = update + 1,
      total = budget.generations * math.max(unit, 1),
    })
  end
  context:check_interruption()
  -- The weights moved, so what is known of the survivors is out of date.
  if unit > 0 and #population > 0 then
    state.strategy:revise(
      context:evaluate(population, { generation = number, origin = "revision" }))
  end
  local asked = state.strategy:ask(budget.evaluations_per_generation)
  state.strategy:tell(context:evaluate(asked, { generation = number }))
  context:generation(number, #asked, state.strategy:population())
  local best = ranked(state.strategy:population())[1]
  if best then state.history[#state.history + 1] = best.objectives[1] end
end

function at_nas.init(context)
  return {
    generation = -1, warmed = 0, history = {}, learner = context.learner,
    strategy = context:strategy(),
  }
end

function at_nas.step(state, context)
  local budget = context.budget
  if state.generation < 0 then
    if not warm_up(state, context) then return state, false end
    context:start("search", budget.generations * math.max(budget.updates_per_generation, 1),
      "updates")
  else
    generation(state, context)
  end
  state.generation = state.generation + 1
  return state, state.generation >= budget.generations
end

function at_nas.result(state)
  return ranked(state.strategy:population())
end

return at_nas
