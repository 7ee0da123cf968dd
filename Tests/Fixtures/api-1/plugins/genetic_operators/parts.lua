-- The parts of a genotype that cross over as one: blocks of genes, or single genes.
local parts = {}

--- The parts as a list of { first, last }, counted from 1.
function parts.of(space, granularity)
  if granularity == "block" then return space.blocks end
  local genes = {}
  for gene = 1, #space.choices do genes[gene] = { first = gene, last = gene } end
  return genes
end

--- Takes the genes of a part from another genotype.
function parts.take(child, from, part)
  for gene = part.first, part.last do child[gene] = from[gene] end
end

return parts
