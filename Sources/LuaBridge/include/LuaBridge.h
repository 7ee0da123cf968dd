// The only code that longjmps.
//
// Lua raises errors with longjmp, and a longjmp must never cross a Swift frame. So Swift calls
// only (a) Lua functions that cannot raise, straight from CLua, and (b) the functions below, each
// of which runs its work under a protected call and returns a status. In the other direction a
// Swift callback returns a status to a trampoline here, which raises after the Swift frame has
// gone.
//
// Unless a comment says otherwise, functions work on the stack of `running`, the thread whose code
// is now executing, and leave the error value on top when they return anything but BRIDGE_OK.
#pragma once
#if !__has_include(<lua5.4/lua.h>)
#error "Apogee needs the headers of Lua 5.4 in the folder lua5.4: install liblua5.4-dev"
#endif
#include <lua5.4/lua.h>
#if LUA_VERSION_NUM != 504
#error "Apogee needs Lua 5.4, and lua5.4/lua.h is of another version: reinstall liblua5.4-dev"
#endif
#include <stddef.h>
#include <stdint.h>

// The release of the Lua that is loaded, as 5, 4, 7.
void bridge_release_numbers(int numbers[3]);

enum {
    BRIDGE_OK = 0,
    BRIDGE_RUNTIME = 1,       // an error raised by a script or a library function
    BRIDGE_SYNTAX = 2,        // text that is not Lua
    BRIDGE_INSTRUCTIONS = 3,  // the instruction limit of the call
    BRIDGE_MEMORY = 4,        // the memory limit of the call or of the state
    BRIDGE_OVERFLOW = 5,      // the stack: endless recursion
    BRIDGE_HOST = 6,          // an error value made by Swift, see BRIDGE_TYPE_ERROR
    BRIDGE_INTERRUPTED = 7,   // the host asked from outside
    BRIDGE_TIME = 8,          // the time limit of the call
};

enum {
    BRIDGE_RAISE = -1,           // returned by a callback: raise the value on top of the stack
    BRIDGE_TYPE_FUNCTION = -1,   // what a host function holds
    BRIDGE_TYPE_ERROR = -2,      // a Swift error on its way through Lua
    BRIDGE_COUNT_QUANTUM = 1000  // instructions between two looks at the limit
};

// A Swift function seen from Lua: results on top and their number returned, or BRIDGE_RAISE.
typedef int (*bridge_callback)(lua_State *L, void *context);
typedef void (*bridge_release)(void *context);

// What a call, or a stretch of the host's work, may use. Below 0: no limit beyond those around.
typedef struct bridge_limits {
    int64_t instructions;
    int64_t bytes;
    int64_t nanoseconds;
} bridge_limits;

// The limits around a stretch, to be put back when it ends.
typedef struct bridge_scope {
    int64_t stop_at, deadline, allowed_instructions, allowed_bytes, allowed_nanoseconds;
    size_t limit;
    int tripped;
} bridge_scope;

typedef struct bridge {
    lua_State *main;
    lua_State *running;
    int depth;         // protected calls under way
    int scopes;        // stretches of the host's work under limits

    size_t used;       // bytes that Lua holds, and what the host holds for it
    size_t peak;
    size_t limit;      // bytes it may hold; SIZE_MAX: no limit

    int64_t count;     // instructions so far, in quanta, with the charges of C loops
    int64_t stop_at;   // the count at which the running call ends; INT64_MAX: none
    int64_t deadline;  // nanoseconds of the monotonic clock; INT64_MAX: none
    int hooked;        // the count hook is installed
    int64_t allowed_instructions;  // as the narrowest call around was given them; -1: none
    int64_t allowed_bytes;
    int64_t allowed_nanoseconds;
    int tripped;       // the kind of limit that ended the call, until it has ended
    const int *interruption;  // not 0: end what runs; written by another thread or a signal

    int64_t native_bytes;  // bytes that host objects hold outside Lua
    int64_t native_debt;   // of these, those the collector has not been told of
    int64_t objects;       // host objects alive
    uint64_t serial;       // numbers host objects in order of creation

    struct bridge_frame *frame;    // the host function under way
    struct bridge_hold *holds;     // the objects that host functions under way work on
    size_t hold_count, hold_room;
    struct bridge_long *longs;     // the long strings alive
    size_t long_count, long_room;
    int64_t comparison;            // what comparing two of them takes, in instructions
    int64_t tax;                   // what is billed with each instruction for it

    struct bridge_report *report;  // where the last error happened
    struct bridge_report *failed;  // where the last coroutine that failed did so
    int remembers;                 // `failed` holds the place of an error value
    struct bridge_resume *resumes;
    char allow[64];    // how a permission is given: "--allow"; empty: it cannot be given
} bridge;

// A full userdata that keeps a Swift object alive.
typedef struct bridge_box {
    int type;
    uint64_t serial;
    int64_t bytes;   // held outside Lua
    int64_t counted; // of these, those that count as Lua's own
    void *context;
    bridge_release release;
    bridge_callback call;
} bridge_box;

// State. NULL when there is not enough memory even for the libraries.
bridge *bridge_open(size_t limit);
void bridge_close(bridge *b);
void bridge_collect(bridge *b);

// Calls.
int bridge_call(bridge *b, int arguments, int results, const bridge_limits *limits);
// Puts what follows, the host's own work and the calls in it, under limits until it is left.
void bridge_enter(bridge *b, const bridge_limits *limits, bridge_scope *outer);
void bridge_leave(bridge *b, const bridge_scope *outer);
// Bills work of the host as instructions. Returns BRIDGE_OK, or the limit that ends the call: the
// host function is to return then, whatever it returns.
int bridge_spend(bridge *b, int64_t units);
// Bills memory of the host as Lua's; bytes below 0 give it back. Returns as `bridge_spend`.
int bridge_claim(bridge *b, int64_t bytes);
// The context of the host function under way, or NULL.
void *bridge_function(const bridge *b);
// Ends the call by a limit when the host function under way returns.
void bridge_end(bridge *b, int kind);
// Takes over into the report what the limit was.
void bridge_note_limit(bridge *b, int kind);
// Marks an object as worked on until the host function under way returns. Returns NULL, or the
// context of the host function around that is working on it.
void *bridge_hold(bridge *b, const void *object);
// Pushes the chunk, text only, with the table on top (popped) as its environment.
int bridge_load(bridge *b, const char *text, size_t length, const char *name);
// Writes what `interruption` points to, and returns what was there; may be called from a signal.
int bridge_interrupt(int *interruption, int value);
// Takes the position of the code running now as if it had failed.
void bridge_where(bridge *b);
// Of the last failure: line (0: no script was running), file, stack with one frame a line,
// innermost first (file US line US name US kind LF), and bytes of the message that repeat the position.
int bridge_error_line(const bridge *b);
const char *bridge_error_file(const bridge *b);
const char *bridge_error_stack(const bridge *b);
size_t bridge_error_skip(const bridge *b);
// The limit that the last failure ran into, or -1 when it was that of the state.
int64_t bridge_error_limit(const bridge *b);
// Source of the nearest script function: "@path" or "=name"; NULL when there is none.
const char *bridge_caller(bridge *b, char *buffer, size_t capacity);
// Where the function on top was defined: line, or 0 for a C function; pops it.
int bridge_defined(bridge *b, char *buffer, size_t capacity);

// Values.
int bridge_push_string(bridge *b, const void *bytes, size_t length);
int bridge_new_table(bridge *b, int array, int fields);
int bridge_push_integers(bridge *b, const int64_t *values, int count);
int bridge_push_numbers(bridge *b, const double *values, int count);
int bridge_get(bridge *b, int table);      // key on top becomes the value
int bridge_set(bridge *b, int table);      // pops key and value
int bridge_raw_set(bridge *b, int table);  // pops key and value, runs no metamethod
int bridge_length(bridge *b, int value, int64_t *length);
int bridge_compare(bridge *b, int left, int right, int operation, int *result);
int bridge_concatenate(bridge *b, int count);  // replaces the values on top by their concatenation
int bridge_text(bridge *b, int value);         // pushes what `tostring` gives in scripts
int bridge_error_text(bridge *b, int value);   // the same for an error value, under small limits
int bridge_sorted_keys(bridge *b, int table);  // pushes an array of the keys, in `pairs` order
// Pushes the table that a read-only view shows, or the value itself; needs room for three values.
void bridge_push_target(bridge *b, int value);
// Reads entries from the 1-based place `first` on, without metamethods; returns how many were
// integers before another value, at most `count`.
int64_t bridge_read_integers(
    bridge *b, int table, int64_t first, int64_t *values, int64_t count);

// References: keeps the value on top (popped), or returns -1 with the error value in its place.
int bridge_reference(bridge *b);
void bridge_release_references(bridge *b, const int32_t *references, size_t count);

// Host functions and objects. The context belongs to Lua only when BRIDGE_OK is returned.
int bridge_push_function(bridge *b, bridge_callback call, void *context, bridge_release release);
// Of the object's bytes outside Lua, `counted` count as Lua's own; all pace the collector.
int bridge_push_object(
    bridge *b, int type, void *context, bridge_release release, int64_t bytes, int64_t counted,
    int metatable);
// The box of a host object, or NULL for any other value.
bridge_box *bridge_object(bridge *b, int value);
// Tells the collector that a host object now holds this many bytes.
void bridge_account(bridge *b, bridge_box *box, int64_t bytes);
// From methods, getters and a fallback (nil: none) on top to `__index` / `__newindex` functions.
int bridge_push_index(bridge *b, const char *type);
int bridge_push_new_index(bridge *b, const char *type);

// Sandbox.
// Replaces the table on top by a read-only view; an unknown name is an error when `strict`.
int bridge_read_only(bridge *b, const char *name, int strict);
// Replaces the table of extra names on top by: a fresh environment, and the table of its names.
int bridge_new_environment(bridge *b);
// Sets how messages say that a permission is given.
void bridge_set_allow(bridge *b, const char *option);
// Gives scripts `math.random` and `math.randomseed`, seeded with 0.
int bridge_allow_random(bridge *b);
// Pushes a library of the base by name, or nil.
int bridge_library(bridge *b, const char *name);
