-- Mutations of integer genes.
local mutation = {}

-- A step in -1…1 whose density falls polynomially with its size: Deb and Goyal's delta.
local function step(rng, eta)
  local u = rng:uniform()
  if u < 0.5 then return (2 * u) ^ (1 / (eta + 1)) - 1 end
  return 1 - (2 * (1 - u)) ^ (1 / (eta + 1))
end

--- Each gene changes with the strategy's mutation_probability. The real-valued operator is applied
--- to the gene's range and rounded; a step that rounds to nothing becomes the least step.
function mutation.polynomial(options, context)
  return function(parent, rng, space)
    local child = parent:copy()
    for gene, choice in ipairs(space.choices) do
      if rng:chance(context.mutation_probability) then
        local low, high = 0, #choice.options - 1
        local value = child[gene]
        local delta = step(rng, options.eta)
        local moved = math.floor(value + delta * (high - low) + 0.5)
        if moved == value then moved = value + (delta < 0 and -1 or 1) end
        child[gene] = math.max(low, math.min(high, moved))
      end
    end
    return child:repair()
  end
end

--- Changes `count` genes, as far as the space lets so many change.
function mutation.random_genes(options)
  return function(parent, rng)
    local child = parent:copy()
    local left = options.count
    for _, gene in ipairs(rng:sample(#child, #child)) do
      if left == 0 then break end
      local others = {}
      for _, value in ipairs(child:options(gene)) do
        if value ~= child[gene] then others[#others + 1] = value end
      end
      if #others > 0 then
        child[gene] = rng:choice(others)
        left = left - 1
      end
    end
    return child
  end
end

return mutation
