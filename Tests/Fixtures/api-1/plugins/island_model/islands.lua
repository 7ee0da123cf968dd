-- The island model: each island has a population of its own, and every few generations the best of
-- each are copied to its neighbour in a ring, where they compete like all others.
local members = require "populations"

local islands = {}

function islands.strategy(options)
  local size = math.max(1, options.population // options.islands)
  local strategy = {}

  -- `home` holds for each child that was proposed the island that it was born on.
  function strategy.init()
    local state = { islands = {}, home = {}, turn = 0, generation = 0, born = 0 }
    for place = 1, options.islands do state.islands[place] = {} end
    return state
  end

  function strategy.ask(state, count, rng, space)
    local genotypes = {}
    for place = 1, count do
      local home = state.turn % options.islands + 1
      state.turn = state.turn + 1
      local island = state.islands[home]
      local child
      if #island < size then
        child = space:sample(rng)
      else
        child = members.child(island, options, rng)
      end
      genotypes[place] = child
      state.home[members.key(child)] = home
    end
    return genotypes, state
  end

  -- Copies the best of each island to the next, all at once.
  local function migrate(state)
    local leaving = {}
    for place, island in ipairs(state.islands) do
      leaving[place] = table.move(island, 1, math.min(options.migrants, #island), 1, {})
    end
    for place, migrants in ipairs(leaving) do
      local target = state.islands[place % options.islands + 1]
      local known = {}
      for _, member in ipairs(target) do known[members.key(member.genotype)] = true end
      for _, member in ipairs(migrants) do
        if not known[members.key(member.genotype)] then
          target[#target + 1] = {
            genotype = member.genotype, objective = member.objective, born = member.born,
          }
        end
      end
      members.keep(target, size)
    end
  end

  function strategy.tell(state, evaluations)
    for _, evaluation in ipairs(evaluations) do
      -- What the host filled in has no home; it goes round like all else.
      local home = state.home[members.key(evaluation.genotype)] or state.born % options.islands + 1
      state.born = state.born + 1
      local island = state.islands[home]
      island[#island + 1] = members.new(evaluation, state.born)
    end
    for _, island in ipairs(state.islands) do members.keep(island, size) end
    state.home = {}
    state.generation = state.generation + 1
    if state.generation % options.interval == 0 then migrate(state) end
    return state
  end

  function strategy.revise(state, evaluations)
    for _, island in ipairs(state.islands) do members.revise(island, evaluations) end
    return state
  end

  -- All islands together, best first; a migrant counts once.
  function strategy.population(state)
    local all, known = {}, {}
    for _, island in ipairs(state.islands) do
      for _, member in ipairs(island) do
        local key = members.key(member.genotype)
        if not known[key] then
          known[key] = true
          all[#all + 1] = member
        end
      end
    end
    local genotypes = {}
    for place, member in ipairs(members.sort(all)) do genotypes[place] = member.genotype end
    return genotypes
  end

  return strategy
end

return islands
