-- Members are tables { genotype, objective, born }, kept best first: what a state may hold.
local members = {}

--- A text that tells a genotype from any other.
function members.key(genotype)
  local genes = {}
  for gene = 1, #genotype do genes[gene] = genotype[gene] end
  return table.concat(genes, ",")
end

--- A member of an evaluation as `tell` is given it; `born` orders members of equal objectives.
function members.new(evaluation, born)
  return { genotype = evaluation.genotype, objective = evaluation.objectives[1], born = born }
end

--- Sorts members, the least objective first and the older of equals first.
function members.sort(list)
  table.sort(list, function(a, b)
    if a.objective ~= b.objective then return a.objective < b.objective end
    return a.born < b.born
  end)
  return list
end

--- Sorts members and drops those beyond a number.
function members.keep(list, count)
  members.sort(list)
  for place = #list, count + 1, -1 do list[place] = nil end
  return list
end

--- The best of `size` members drawn with replacement. The list is sorted.
function members.tournament(list, size, rng)
  local best = #list
  for _ = 1, size do best = math.min(best, rng:integer(1, #list)) end
  return list[best]
end

--- Gives members the objectives of newer evaluations of the same genotypes.
function members.revise(list, evaluations)
  local found = {}
  for _, evaluation in ipairs(evaluations) do
    found[members.key(evaluation.genotype)] = evaluation.objectives[1]
  end
  for _, member in ipairs(list) do
    member.objective = found[members.key(member.genotype)] or member.objective
  end
  return members.sort(list)
end

--- A child of members of a sorted list, by the operators in the options.
function members.child(list, options, rng, rate)
  local parent = members.tournament(list, options.tournament, rng).genotype
  if options.crossover and rng:chance(options.crossover_probability) then
    local other = members.tournament(list, options.tournament, rng).genotype
    parent = options.crossover(parent, other, rng)
  end
  return options.mutation(parent, rng, rate)
end

return members
