---@meta apogee
-- Written by `apogee plugins --annotations plugins`; change the program's source instead.
error "annotations for editors; not to be run"

--- A random stream, valid during the callback that was given it. The same seed gives the same draws.
---@class apogee.rng
local rng = {}

--- An integer from low to high, both included.
---@param low integer
---@param high integer
---@return integer
function rng:integer(low, high) end

--- A number from low to below high; 0 to 1 without arguments.
---@param low? number
---@param high? number
---@return number
function rng:uniform(low, high) end

--- A number of the standard normal distribution.
---@return number
function rng:normal() end

--- True with this probability 0…1.
---@param probability number
---@return boolean
function rng:chance(probability) end

--- One of the list's values.
---@param list any[]
---@return any
function rng:choice(list) end

--- The list's values in random order; the list stays as it is.
---@param list any[]
---@return any[]
function rng:shuffle(list) end

--- As many different integers from 1 to bound, in random order.
---@param count integer
---@param bound integer
---@return integer[]
function rng:sample(count, bound) end

--- As many numbers from 0 to below 1, in one call.
---@param count integer
---@return number[]
function rng:uniforms(count) end

--- As many integers from low to high, in one call.
---@param count integer
---@param low integer
---@param high integer
---@return integer[]
function rng:integers(count, low, high) end

--- Those of the places 1 to count that a draw of this probability hits, ascending.
---@param count integer
---@param probability number
---@return integer[]
function rng:places(count, probability) end

--- A stream of its own, which moves this one no further.
---@param name string|integer
---@return apogee.rng
function rng:split(name) end

--- An encoding: genes by place from 1, values from 0. #genotype is their number. What a callback is given is read-only.
---@class apogee.genotype
---@field [integer] integer
---@operator len: integer
local genotype = {}

--- A copy that can be changed.
---@return apogee.genotype
function genotype:copy() end

--- The values that a gene may take while the others stay, ascending.
---@param gene integer
---@return integer[]
function genotype:options(gene) end

--- The valid genotype nearest in meaning; a valid one stays as it is.
---@return apogee.genotype
function genotype:repair() end

--- The genotype in the space's notation.
---@return string
function genotype:text() end

--- What a batch operator is given: genotypes of one length, read-only. #population is their number, population[i] the i-th genotype.
---@class apogee.population
---@field width integer Genes of each genotype.
local population = {}

--- All genes, genotype after genotype.
---@return integer[]
function population:genes() end

--- Genes of as many genotypes, each made valid.
---@param genes integer[]
---@return integer[]
function population:repair(genes) end

--- An open file, as Lua's own: io.open gives it to a run with --allow read=DIR or write=DIR.
---@class apogee.file
local file = {}

--- As Lua's file:read.
---@param ... string|integer
---@return any
function file:read(...) end

--- As Lua's file:lines.
---@param ... string|integer
---@return function
function file:lines(...) end

--- As Lua's file:write.
---@param ... string|number
---@return apogee.file
function file:write(...) end

--- As Lua's file:seek.
---@param whence? string
---@param offset? integer
---@return integer
function file:seek(whence, offset) end

--- As Lua's file:flush.
---@return apogee.file
function file:flush() end

--- Accepted, without effect.
---@param mode string
---@return boolean
function file:setvbuf(mode) end

--- Closes the file.
---@return boolean
function file:close() end

--- A search space.
---@class apogee.space
---@field name string The space's name in plans.
---@field choices apogee.choice[] One { name, options } for each gene, in order.
---@field blocks apogee.block[] Ranges { first, last } of genes that belong together.
local space = {}

--- A valid genotype, each equally likely.
---@param rng apogee.rng
---@return apogee.genotype
function space:sample(rng) end

--- The supernet of a space of cells; options inputs { height, width, channels }, outputs, channels, cells, stem, pool_norm.
---@param options table
---@return apogee.supernet
function space:supernet(options) end

--- How many valid genotypes there are.
---@return number
function space:size() end

--- The genotype of a text in the space's notation.
---@param text string
---@return apogee.genotype
function space:parse(text) end

--- The valid genotype nearest to any integers.
---@param genes apogee.genotype|integer[]
---@return apogee.genotype
function space:repair(genes) end

--- An experiment, as apogee.experiment made it; to be returned.
---@class apogee.experiment
local experiment = {}

--- An error of the host, as pcall gives it; tostring makes it a sentence.
---@class apogee.error
---@field message string What happened.
---@field file string? The script that was running.
---@field line integer? Its line.
local error = {}

--- How far the run is.
---@class apogee.progress
---@field fraction number The fraction 0…1 of the meta-updates done.
---@field phase string "warm_up", "search", "final" or "test".
---@field generation integer Generations done.
---@field generations integer Generations of the run.
---@field update integer Meta-updates done.
---@field updates integer Meta-updates of the run.
---@field history number[] The best first objective after each generation, less being better.
---@field space apogee.space The space; for path samplers only.
---@field population apogee.genotype[] The strategy's population, best first; for path samplers only.
local progress = {}

--- What a task sampler draws from.
---@class apogee.dataset
---@field name string The data set's name.
---@field classes table[] One { name, group, rotation, examples } for each class.
---@field ways integer Classes of an episode.
---@field shots integer Support examples of a class.
---@field queries integer Query examples of a class.
---@field accuracy number[] For each class a moving average of the fraction 0…1 of its queries told right in training tasks; nil for a class of which that is not known.
---@field seen integer[] For each class the number of training tasks that had it and were scored.
---@field progress apogee.progress How far the run is.
local dataset = {}

--- What an objective judges.
---@class apogee.subnet
---@field genotype apogee.genotype The encoding.
---@field parameters integer Parameters of the stand-alone network.
---@field multiply_adds integer Multiply-adds for one example.
---@field query_error number Mean query error after adaptation, 0…1.
---@field query_loss number Mean query loss after adaptation.
---@field network apogee.network|false The network itself; false in a check.
local subnet = {}

--- What apogee.register takes.
---@class apogee.component
---@field point string The extension point, such as "mutation".
---@field name string The name that plans use, in snake_case.
---@field summary string One line on what it is.
---@field options table[]? { name, type, default, min, max, choices, of, count, optional, unit, doc } for each option.
---@field run function|table|nil The component itself.
---@field make function|nil (options, context) → the component, in run's place; context.mutation_probability is the rate that is set now.
---@field unit string? An objective's unit.
---@field direction string? "minimize" or "maximize", of an objective.
local component = {}

--- What expect(value) offers.
---@class apogee.expectation
---@field never apogee.expectation Turns a check around.
local expectation = {}

--- Equal, tables entry by entry.
---@param expected any
function expectation:to_equal(expected) end

--- The very same value.
---@param expected any
function expectation:to_be(expected) end

--- At most the tolerance away; 1e-9 by default.
---@param expected number
---@param tolerance? number
function expectation:to_be_near(expected, tolerance) end

--- true.
function expectation:to_be_true() end

--- false.
function expectation:to_be_false() end

--- nil.
function expectation:to_be_nil() end

--- Of this type, "integer" being one.
---@param type string
function expectation:to_be_a(type) end

--- Greater.
---@param bound number
function expectation:to_be_above(bound) end

--- Less.
---@param bound number
function expectation:to_be_below(bound) end

--- From low to high, both included.
---@param low number
---@param high number
function expectation:to_be_between(low, high) end

--- Of this length.
---@param count integer
function expectation:to_have_length(count) end

--- A list with the value, or text with it.
---@param value any
function expectation:to_contain(value) end

--- Text with the Lua pattern.
---@param pattern string
function expectation:to_match(pattern) end

--- A function that raises an error, which holds the words.
---@param words? string
function expectation:to_fail(words) end

---@class apogee.choice
---@field name string
---@field options string[]

---@class apogee.block
---@field first integer
---@field last integer

--- The host module: local apogee = require "apogee".
local module = {}

--- Makes an experiment of a plan; the script returns it.
---@param plan table
---@return apogee.experiment
function module.experiment(plan) end

--- Adds a component to the registry; only while a plugin loads.
---@param component apogee.component
function module.register(component) end

--- The release of Apogee.
---@type string
module.version = nil

--- The version of the scripting interface.
---@type integer
module.api = nil

--- Tensors from numbers: apogee.tensor.
---@type table
module.tensor = nil

--- Layers: apogee.nn.
---@type table
module.nn = nil

--- Optimizers: apogee.optim.
---@type table
module.optim = nil

--- Tables of parameters: apogee.weights.
---@type table
module.weights = nil

--- Random tensors: apogee.random.
---@type table
module.random = nil

--- Statistics: apogee.stats.
---@type table
module.stats = nil

--- A function of the same arguments: derivatives by the first, and the value.
---@param f function
---@return function
function module.grad(f) end

return module
