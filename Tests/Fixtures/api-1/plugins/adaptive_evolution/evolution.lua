-- (mu + lambda) evolution with Rechenberg's 1/5 rule: where more than a fifth of the children are
-- better than their parents the steps are too timid, and the rate grows; else it falls, by the
-- fourth root, so that it stands still at exactly a fifth.
local members = require "populations"

local evolution = {}

function evolution.strategy(options)
  local strategy = {}

  -- `bars` holds for each child that was proposed the objective that it has to beat.
  function strategy.init()
    return { members = {}, rate = options.initial_rate, bars = {}, born = 0 }
  end

  function strategy.ask(state, count, rng, space)
    local genotypes = {}
    for place = 1, count do
      if #state.members < options.population then
        genotypes[place] = space:sample(rng)
      else
        local child = members.child(state.members, options, rng, state.rate)
        genotypes[place] = child
        state.bars[members.key(child)] = state.members[#state.members].objective
      end
    end
    return genotypes, state
  end

  function strategy.tell(state, evaluations)
    local children, successes = 0, 0
    for _, evaluation in ipairs(evaluations) do
      local bar = state.bars[members.key(evaluation.genotype)]
      if bar then
        children = children + 1
        if evaluation.objectives[1] < bar then successes = successes + 1 end
      end
      state.born = state.born + 1
      state.members[#state.members + 1] = members.new(evaluation, state.born)
    end
    state.bars = {}
    members.keep(state.members, options.population)
    if children > 0 then
      local factor = options.factor
      if successes * 5 <= children then factor = factor ^ -0.25 end
      state.rate = math.max(options.least_rate, math.min(1, state.rate * factor))
    end
    return state
  end

  function strategy.revise(state, evaluations)
    members.revise(state.members, evaluations)
    return state
  end

  function strategy.population(state)
    local genotypes = {}
    for place, member in ipairs(state.members) do genotypes[place] = member.genotype end
    return genotypes
  end

  return strategy
end

return evolution
