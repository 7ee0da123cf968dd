-- Operators that know how cells are wired.
local cells = {}

-- Reads the space's choices as cells: for each kind a list of nodes, each with the places of its
-- genes. The names have the form `normal.node2.input1`. nil for a space that is not of cells.
local function wiring(space)
  local kinds, order = {}, {}
  for gene, choice in ipairs(space.choices) do
    local kind, node, role = choice.name:match "^(%a+)%.node(%d+)%.(%w+)$"
    if not kind then return nil end
    if not kinds[kind] then
      kinds[kind] = {}
      order[#order + 1] = kind
    end
    local place = math.tointeger(tonumber(node)) + 1
    local genes = kinds[kind][place] or {}
    kinds[kind][place] = genes
    genes[role] = gene
  end
  return kinds, order
end

-- Marks a node and all nodes below it. Inputs 0 and 1 are the cell's own; input 2 is node 1 of 1….
local function mark(genotype, nodes, place, marked)
  if marked[place] then return end
  marked[place] = true
  for _, role in ipairs { "input1", "input2" } do
    local below = genotype[nodes[place][role]] - 1
    if below >= 1 then mark(genotype, nodes, below, marked) end
  end
end

--- The child is the first parent with one node of one cell computed as in the second parent: the
--- node and every node that it depends on are taken over. Other nodes stay, so that a child is
--- valid without repair.
function cells.subtree_swap(a, b, rng, space)
  local kinds, order = wiring(space)
  if not kinds then
    error("subtree_swap needs a space of cells; use segment_swap for \"" .. space.name .. "\"")
  end
  local child = a:copy()
  local nodes = kinds[rng:choice(order)]
  local marked = {}
  mark(b, nodes, rng:integer(1, #nodes), marked)
  for place, genes in ipairs(nodes) do
    if marked[place] then
      for _, role in ipairs { "input1", "input2", "operation1", "operation2" } do
        child[genes[role]] = b[genes[role]]
      end
    end
  end
  return child
end

return cells
