---@meta apogee.testing
-- Written by `apogee plugins --annotations plugins`; change the program's source instead.
error "annotations for editors; not to be run"

--- What the host otherwise gives to callbacks alone, for specs and the prompt.
local module = {}

--- A random stream of a seed.
---@param seed? integer
---@return apogee.rng
function module.rng(seed) end

--- A space of cells, of two nodes unless it says otherwise.
---@param nodes? integer
---@return apogee.space
function module.space(nodes) end

--- A mutation as (parent, rng, rate?) → genotype; the rate is 0.1 by default.
---@param name string
---@param options? table
---@return function
function module.mutation(name, options) end

--- A crossover as (a, b, rng) → genotype.
---@param name string
---@param options? table
---@return function
function module.crossover(name, options) end

--- A plugin's component of one function, to be called as the host would.
---@param point string
---@param name string
---@param options? table
---@return function
function module.component(point, name, options) end

return module
