---@meta apogee.tensors
-- Written by `apogee plugins --annotations plugins`; change the program's source instead.
error "annotations for editors; not to be run"

--- Numbers in up to eight axes, row-major. Axes, rows and labels count from 1.
---@class apogee.tensor
---@field shape integer[] The sizes.
---@field rank integer The number of axes.
---@field size integer The number of elements.
---@field traced boolean Whether it is being traced and has no numbers.
local tensor = {}

--- e to the power of x.
---@return apogee.tensor
function tensor:exp() end

--- Natural logarithm.
---@return apogee.tensor
function tensor:log() end

--- Square root.
---@return apogee.tensor
function tensor:sqrt() end

--- 1 over the square root.
---@return apogee.tensor
function tensor:rsqrt() end

--- 1 over x.
---@return apogee.tensor
function tensor:reciprocal() end

--- x times x.
---@return apogee.tensor
function tensor:square() end

--- Absolute value.
---@return apogee.tensor
function tensor:abs() end

--- -1, 0 or 1.
---@return apogee.tensor
function tensor:sign() end

--- Hyperbolic tangent.
---@return apogee.tensor
function tensor:tanh() end

--- 1 over 1 plus e to the power of -x.
---@return apogee.tensor
function tensor:sigmoid() end

--- Sine of radians.
---@return apogee.tensor
function tensor:sin() end

--- Cosine of radians.
---@return apogee.tensor
function tensor:cos() end

--- 1 above 0, else 0; no derivative.
---@return apogee.tensor
function tensor:step() end

--- The larger of x and 0.
---@return apogee.tensor
function tensor:relu() end

--- The same values, through which no gradient flows.
---@return apogee.tensor
function tensor:detach() end

--- All axes but the first as one.
---@return apogee.tensor
function tensor:flatten() end

--- Channel means [N, C] of images.
---@return apogee.tensor
function tensor:global_average_pool() end

--- The larger of each pair.
---@param other apogee.tensor|number
---@return apogee.tensor
function tensor:maximum(other) end

--- The smaller of each pair.
---@param other apogee.tensor|number
---@return apogee.tensor
function tensor:minimum(other) end

--- 1 where x is above the other, else 0.
---@param other apogee.tensor|number
---@return apogee.tensor
function tensor:greater(other) end

--- 1 where both are equal, else 0.
---@param other apogee.tensor|number
---@return apogee.tensor
function tensor:equal(other) end

--- a where x is above one half, else b.
---@param a apogee.tensor|number
---@param b apogee.tensor|number
---@return apogee.tensor
function tensor:select(a, b) end

--- x to the power of a constant.
---@param exponent number
---@return apogee.tensor
function tensor:power(exponent) end

--- Sum over axes, all by default; option keep.
---@param axes? integer|integer[]
---@param options? table
---@return apogee.tensor
function tensor:sum(axes, options) end

--- Mean over axes, all by default; option keep.
---@param axes? integer|integer[]
---@param options? table
---@return apogee.tensor
function tensor:mean(axes, options) end

--- Maximum over axes, all by default; option keep.
---@param axes? integer|integer[]
---@param options? table
---@return apogee.tensor
function tensor:max(axes, options) end

--- Place of the first maximum along an axis, from 1; the last axis by default.
---@param axis? integer
---@return apogee.tensor
function tensor:argmax(axis) end

--- Exponentials over their sum along an axis.
---@param axis? integer
---@return apogee.tensor
function tensor:softmax(axis) end

--- Logarithm of the softmax.
---@param axis? integer
---@return apogee.tensor
function tensor:log_softmax(axis) end

--- The same elements in other sizes; one may be -1.
---@param sizes integer[]
---@return apogee.tensor
function tensor:reshape(sizes) end

--- Repeated up to these sizes.
---@param sizes integer[]
---@return apogee.tensor
function tensor:broadcast(sizes) end

--- Axes in another order, reversed by default.
---@param axes? integer[]
---@return apogee.tensor
function tensor:transpose(axes) end

--- Part of an axis, first and last included.
---@param axis integer
---@param first integer
---@param last integer
---@param step? integer
---@return apogee.tensor
function tensor:slice(axis, first, last, step) end

--- Zeros around.
---@param before integer[]
---@param after integer[]
---@return apogee.tensor
function tensor:pad(before, after) end

--- Matrix product; options transpose_a, transpose_b.
---@param other apogee.tensor
---@param options? table
---@return apogee.tensor
function tensor:matmul(other, options) end

--- Of images with [kh, kw, C / groups, K]; options stride, padding, dilation, groups.
---@param weights apogee.tensor
---@param options? table
---@return apogee.tensor
function tensor:convolution(weights, options) end

--- Maximum of windows; options stride, padding.
---@param window integer
---@param options? table
---@return apogee.tensor
function tensor:max_pool(window, options) end

--- Mean of windows without padding; options stride, padding.
---@param window integer
---@param options? table
---@return apogee.tensor
function tensor:average_pool(window, options) end

--- By this batch's statistics; option epsilon.
---@param gamma apogee.tensor
---@param beta apogee.tensor
---@param options? table
---@return apogee.tensor
function tensor:batch_norm(gamma, beta, options) end

--- Images in another size; option interpolation.
---@param height integer
---@param width integer
---@param options? table
---@return apogee.tensor
function tensor:resize(height, width, options) end

--- Rows by number, from 1.
---@param rows apogee.tensor
---@return apogee.tensor
function tensor:gather_rows(rows) end

--- Rows added up at these numbers.
---@param rows apogee.tensor
---@param count integer
---@return apogee.tensor
function tensor:scatter_add_rows(rows, count) end

--- Elements along an axis by number, from 1.
---@param axis integer
---@param positions apogee.tensor
---@return apogee.tensor
function tensor:take_along(axis, positions) end

--- Sorted along an axis; option descending.
---@param axis? integer
---@param options? table
---@return apogee.tensor
function tensor:sort(axis, options) end

--- The places that sort takes values from, from 1.
---@param axis? integer
---@param options? table
---@return apogee.tensor
function tensor:argsort(axis, options) end

--- The largest along an axis, largest first.
---@param count integer
---@param axis? integer
---@return apogee.tensor
function tensor:top_k(count, axis) end

--- Labels from 1 as rows with a 1.
---@param classes integer
---@return apogee.tensor
function tensor:one_hot(classes) end

--- Mean negative log-likelihood of labels from 1, nats.
---@param labels apogee.tensor
---@return apogee.tensor
function tensor:cross_entropy(labels) end

--- Fraction of rows whose largest logit is at the label.
---@param labels apogee.tensor
---@return apogee.tensor
function tensor:accuracy(labels) end

--- Mean of squared differences.
---@param targets apogee.tensor
---@return apogee.tensor
function tensor:mean_squared_error(targets) end

--- Cosine along an axis.
---@param other apogee.tensor
---@param axis? integer
---@return apogee.tensor
function tensor:cosine_similarity(other, axis) end

--- The number of a single element; an error while tracing.
---@return number
function tensor:value() end

--- The numbers as nested lists.
---@return table
function tensor:tolist() end

--- What a traced function reads its parameters from, by name.
---@class apogee.parameters
local parameters = {}

--- A network over named parameters: subnet.network, valid during the objective's call, or a mode of a supernet.
---@class apogee.network
local network = {}

--- First values by name; option weights, uniform or he.
---@param rng apogee.rng
---@param options? table
---@return table<string, apogee.tensor>
function network:parameters(rng, options) end

--- The parameters that it reads, in the order of its layers.
---@return string[]
function network:names() end

--- The run's values by name; for subnet.network only.
---@return table<string, apogee.tensor>
function network:weights() end

--- Images and labels of a validation task; for subnet.network only.
---@return apogee.tensor, apogee.tensor
function network:batch() end

--- Logits; option batch_norm, batch, identity or running.
---@param parameters table<string, apogee.tensor>
---@param x apogee.tensor
---@param options? table
---@return apogee.tensor
function network:forward(parameters, x, options) end

--- The outputs of all ReLUs.
---@param parameters table<string, apogee.tensor>
---@param x apogee.tensor
---@param options? table
---@return apogee.tensor[]
function network:activations(parameters, x, options) end

--- Names of the stages that can be run alone; the last gives the logits.
---@return string[]
function network:stages() end

--- Runs a block of stages on images or on what the stage before it gave; option batch_norm.
---@param parameters table<string, apogee.tensor>
---@param first integer
---@param last integer
---@param inputs apogee.tensor|apogee.tensor[]
---@param options? table
---@return apogee.tensor[]
function network:range(parameters, first, last, inputs, options) end

--- The parameters with running statistics of batch norms, each the mean over the batches.
---@param parameters table<string, apogee.tensor>
---@param batches apogee.tensor|apogee.tensor[]
---@return table<string, apogee.tensor>
function network:statistics(parameters, batches) end

--- The parameters of every candidate of a space, and the networks that read them.
---@class apogee.supernet
local supernet = {}

--- First values of all parameters; option weights, uniform or he.
---@param rng apogee.rng
---@param options? table
---@return table<string, apogee.tensor>
function supernet:parameters(rng, options) end

--- The parameters in the order of the layers.
---@return string[]
function supernet:names() end

--- Where candidates can be weighed: { name, inputs, operations }.
---@return table[]
function supernet:decisions() end

--- The candidates of one genotype.
---@param genotype apogee.genotype
---@return apogee.network
function supernet:path(genotype) end

--- Sums of all candidates, weighed by the parameters mix.DECISION [inputs, operations]; option open, rows of true and false by decision: closed candidates are not run.
---@param options? table
---@return apogee.network
function supernet:mix(options) end

--- The candidates of one genotype, each times its number in mask.DECISION [inputs, operations].
---@param genotype apogee.genotype
---@return apogee.network
function supernet:mask(genotype) end

--- The supernet of fewer channels that reads the leading channels of the same parameters.
---@param channels integer
---@return apogee.supernet
function supernet:slice(channels) end

--- The shared weights of a run by a method.
---@class apogee.learner
---@field updates integer Meta-updates so far.
local learner = {}

--- A task, to be passed to context:update.
---@class apogee.task
local task = {}

--- The plan's strategy in a method's hands.
---@class apogee.strategy
local strategy = {}

--- Genotypes to evaluate next.
---@param count integer
---@return apogee.genotype[]
function strategy:ask(count) end

--- Absorbs { genotype, objectives }.
---@param evaluations table[]
function strategy:tell(evaluations) end

--- Replaces what is known of individuals.
---@param evaluations table[]
function strategy:revise(evaluations) end

--- Sets the rate of mutation from here on.
---@param probability number
function strategy:set_mutation_probability(probability) end

--- The individuals that it holds.
---@return table[]
function strategy:population() end

--- What a run offers to a method.
---@class apogee.context
---@field space apogee.space What is searched.
---@field learner apogee.learner The shared weights.
---@field budget table The plan's budget with meta_batch and total_updates.
local context = {}

--- A stream of the run by its name.
---@param name string
---@return apogee.rng
function context:stream(name) end

--- The schedule's settings at a point of the run.
---@param progress table
---@return table
function context:settings(progress) end

--- The subnet that each task of a meta-update trains: by options.population_fraction, or else by the plan's paths.
---@param count integer
---@param update integer
---@param progress table
---@param options? table
---@return apogee.genotype[]
function context:paths(count, update, progress, options) end

--- Fresh training tasks.
---@param count integer
---@param update integer
---@param progress table
---@return apogee.task[]
function context:tasks(count, update, progress) end

--- One meta-update: tasks, paths, fraction, factor, phase, done, total.
---@param options table
function context:update(options) end

--- The plan's strategy, begun anew.
---@return apogee.strategy
function context:strategy() end

--- Scores on the validation tasks; options generation, origin.
---@param genotypes apogee.genotype[]
---@param options? table
---@return table[]
function context:evaluate(genotypes, options) end

--- Records that a part begins.
---@param phase string
---@param total integer
---@param unit string
function context:start(phase, total, unit) end

--- Records how far a part is.
---@param phase string
---@param done integer
---@param total integer
---@param unit string
---@param metrics? table
function context:progress(phase, done, total, unit, metrics) end

--- Records a generation with its best.
---@param number integer
---@param evaluated integer
---@param population table[]
function context:generation(number, evaluated, population) end

--- Records a sentence.
---@param text string
function context:message(text) end

--- Ends the step where the user asked to stop.
function context:check_interruption() end
