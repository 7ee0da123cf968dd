---@meta
-- Written by `apogee plugins --annotations plugins`; change the program's source instead.
error "annotations for editors; not to be run"

--- Puts the words before those of all that its body holds.
---@param words string
---@param body function
function describe(words, body) end

--- One test.
---@param words string
---@param body function
function it(words, body) end

--- Runs before each test of the describe around it.
---@param body function
function before_each(body) end

--- Runs after each test of the describe around it, also after a failed one.
---@param body function
function after_each(body) end

--- Checks a value; expect(value).never turns a check around.
---@param value any
---@return apogee.expectation
function expect(value) end
