// Shared by the files of this folder only.
#pragma once
#include "LuaBridge.h"
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>

// Where an error happened, written without allocating in Lua (it may be out of memory).
typedef struct bridge_report {
    int line;          // 0: no script was running
    int overflow;      // 1: raised by an exhausted stack
    int64_t limit;     // what the failed call was allowed; -1: no limit of a call
    int skip;          // bytes of the message that repeat the position
    int levels;        // how deep the stack was
    char file[1024];
    // One frame a line, innermost first: file US line US name US kind LF; kind 's': of a script,
    // 'h': of the host.
    char stack[32768];
    size_t stack_length;
} bridge_report;

// A host function under way, innermost first.
typedef struct bridge_frame {
    void *context;
    size_t holds;  // how many were held before
    struct bridge_frame *outer;
} bridge_frame;

typedef struct bridge_hold {
    const void *object;
    bridge_frame *frame;
} bridge_hold_entry;

// A string that takes time to compare.
typedef struct bridge_long {
    const unsigned char *block;
    size_t size;
    int64_t cost;  // of comparing it, in instructions
    int seen;      // its bytes were looked at
} bridge_long;

// Who resumed which coroutine, innermost first.
typedef struct bridge_resume {
    lua_State *co;
    lua_State *from;
    struct bridge_resume *outer;
} bridge_resume;

static inline bridge *bridge_of(lua_State *L) {
    return *(bridge **)lua_getextraspace(L);
}

// Keys of the registry; their addresses are the keys.
extern char bridge_key_base, bridge_key_identities, bridge_key_read_only, bridge_key_box,
    bridge_key_failed, bridge_key_random;

static inline int bridge_is_interrupted(const bridge *b) {
    return b->interruption && __atomic_load_n(b->interruption, __ATOMIC_RELAXED);
}

// Limits.c
void *bridge_allocate(void *context, void *block, size_t old_size, size_t new_size);
void bridge_install_hook(lua_State *L);
int bridge_trip(lua_State *L, int kind);  // never returns
void bridge_charge(lua_State *L, int64_t steps);
void bridge_recheck(lua_State *L, int status);  // raises again what must not be swallowed
void bridge_look(lua_State *L);  // ends the call if a limit was passed or the host asked for it
// After a call that may have tripped: what of it holds for the calls around.
void bridge_settle(bridge *b, int tripped, int outer);

// Report.c
void bridge_capture(lua_State *L, bridge_report *report);
int bridge_on_error(lua_State *L);
int bridge_depth(lua_State *L);  // frames below the running one
void bridge_remember(lua_State *L, lua_State *co);  // the error on top of a failed coroutine
void bridge_forget(lua_State *L);
int bridge_recall(lua_State *L, bridge_report *report);

// Calls.c
int bridge_protect(bridge *b, lua_CFunction work, int arguments, int results);

// Text.c
void bridge_push_text(lua_State *L, int value);  // pushes `tostring(value)`

// Names.c
int bridge_nearest(lua_State *L, int table, const char *name, char *buffer, size_t capacity);
int bridge_read_only_target(lua_State *L, int value);  // pushes it and returns 1, or 0
void bridge_make_read_only(lua_State *L, const char *name, int strict);

// Order.c, Patterns.c, Coroutines.c, Base.c: the functions that scripts see
int bridge_pairs(lua_State *L);
int bridge_next(lua_State *L);
void bridge_push_sorted_keys(lua_State *L, int table);
extern const luaL_Reg bridge_pattern_functions[];
extern const luaL_Reg bridge_coroutine_functions[];
int bridge_open_libraries(lua_State *L);

// Stock.c: what plain Lua has and the sandbox replaces
void bridge_add_stock(lua_State *L, int base);
void bridge_keep_random(lua_State *L, int math);  // from `random`, `randomseed` on top
void bridge_copy_table(lua_State *L);      // replaces the table on top by a shallow copy
int bridge_is_probed(const char *name);    // libraries ask whether it is there
