// Opening a state, calling under protection, and the way back from Swift.
#include "Internal.h"
#include <stdlib.h>

char bridge_key_base, bridge_key_identities, bridge_key_read_only, bridge_key_box, bridge_key_failed,
    bridge_key_random;

static int open_all(lua_State *L) {
    return bridge_open_libraries(L);
}

bridge *bridge_open(size_t limit) {
    bridge *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->report = calloc(1, sizeof *b->report);
    b->failed = calloc(1, sizeof *b->failed);
    if (!b->report || !b->failed) {
        free(b->report);
        free(b->failed);
        free(b);
        return NULL;
    }
    b->limit = limit;
    b->stop_at = b->deadline = INT64_MAX;
    b->allowed_instructions = b->allowed_bytes = b->allowed_nanoseconds = -1;
    lua_State *L = lua_newstate(bridge_allocate, b);
    if (!L) {
        free(b->report);
        free(b->failed);
        free(b);
        return NULL;
    }
    *(bridge **)lua_getextraspace(L) = b;
    b->main = b->running = L;
    lua_pushcfunction(L, open_all);
    if (bridge_call(b, 0, 0, NULL) != BRIDGE_OK) {
        bridge_close(b);
        return NULL;
    }
    return b;
}

void bridge_close(bridge *b) {
    b->running = b->main;
    b->limit = SIZE_MAX;
    b->hooked = 0;
    lua_close(b->main);
    free(b->holds);
    free(b->longs);
    free(b->report);
    free(b->failed);
    free(b);
}

void bridge_collect(bridge *b) {
    lua_gc(b->running, LUA_GCCOLLECT);
    b->native_debt = 0;
}

static int failure(bridge *b, lua_State *L, int status) {
    int kind = b->tripped ? b->tripped : status == LUA_ERRMEM ? BRIDGE_MEMORY : BRIDGE_OK;
    if (kind != BRIDGE_OK) {
        bridge_note_limit(b, kind);
        return kind;
    }
    if (status == LUA_ERRERR) {
        b->report->overflow = 1;
        return BRIDGE_OVERFLOW;
    }
    bridge_box *box = bridge_object(b, lua_gettop(L));
    if (box && box->type == BRIDGE_TYPE_ERROR) return BRIDGE_HOST;
    return b->report->overflow ? BRIDGE_OVERFLOW : BRIDGE_RUNTIME;
}

int bridge_call(bridge *b, int arguments, int results, const bridge_limits *limits) {
    lua_State *L = b->running;
    int base = lua_gettop(L) - arguments;
    int wanted = results < 0 ? 0 : results < 1000000 ? results : 1000000;
    if (!lua_checkstack(L, LUA_MINSTACK + wanted)) {
        lua_settop(L, base - 1);
        bridge_capture(L, b->report);
        b->report->overflow = 1;
        lua_pushnil(L);
        return BRIDGE_OVERFLOW;
    }
    struct bridge_resume *outer_resumes = b->resumes;
    int outer_tripped = b->tripped;
    bridge_scope outer;
    if (limits) bridge_enter(b, limits, &outer);
    else if (b->hooked && lua_gethook(L) == NULL) bridge_install_hook(L);
    lua_pushcfunction(L, bridge_on_error);
    lua_insert(L, base);
    b->depth += 1;
    int status = lua_pcallk(L, arguments, results, base, 0, NULL);
    b->depth -= 1;
    lua_remove(L, base);
    int outcome = status == LUA_OK ? BRIDGE_OK : failure(b, L, status);
    b->running = L;
    b->resumes = outer_resumes;
    if (limits) bridge_leave(b, &outer);
    else if (b->tripped != outer_tripped) bridge_settle(b, b->tripped, outer_tripped);
    if (b->depth == 0) bridge_forget(L);
    return outcome;
}

int bridge_protect(bridge *b, lua_CFunction work, int arguments, int results) {
    lua_State *L = b->running;
    if (!lua_checkstack(L, 2)) {
        lua_settop(L, -arguments - 1);
        lua_pushnil(L);
        b->report->overflow = 1;
        return BRIDGE_OVERFLOW;
    }
    lua_pushcfunction(L, work);
    lua_insert(L, -arguments - 1);
    return bridge_call(b, arguments, results, NULL);
}

int bridge_load(bridge *b, const char *text, size_t length, const char *name) {
    lua_State *L = b->running;
    b->report->line = 0;
    b->report->skip = 0;
    if (!lua_checkstack(L, 4)) {
        lua_settop(L, -2);
        lua_pushnil(L);
        return BRIDGE_OVERFLOW;
    }
    int status = luaL_loadbufferx(L, text, length, name, "t");
    lua_insert(L, -2);
    if (status == LUA_OK) {
        if (!lua_setupvalue(L, -2, 1)) lua_settop(L, -2);
        return BRIDGE_OK;
    }
    lua_settop(L, -2);
    return status == LUA_ERRMEM ? BRIDGE_MEMORY : BRIDGE_SYNTAX;
}

// MARK: Host functions

// What a call of the host costs at least, in instructions.
enum { units_of_call = 10 };

// No Swift frame is left when this raises: the callback has returned.
static int trampoline(lua_State *L) {
    bridge *b = bridge_of(L);
    bridge_box *box = lua_touserdata(L, lua_upvalueindex(1));
    bridge_frame frame = {box->context, b->hold_count, b->frame};
    lua_State *before = b->running;
    b->frame = &frame;
    b->running = L;
    b->count += units_of_call;
    int results = box->call(L, box->context);
    b->running = before;
    b->frame = frame.outer;
    b->hold_count = frame.holds;
    // A loop of long host functions runs few instructions. What the function has met may have been
    // caught on the way; it ends the call nevertheless.
    bridge_look(L);
    if (results >= 0) return results;
    return lua_error(L);
}

static int collect_box(lua_State *L) {
    bridge *b = bridge_of(L);
    bridge_box *box = lua_touserdata(L, 1);
    if (!box || !box->context) return 0;
    void *context = box->context;
    box->context = NULL;
    b->native_bytes -= box->bytes;
    b->used -= (size_t)box->counted;
    b->objects -= 1;
    box->release(context);
    return 0;
}

typedef struct box_request {
    bridge_box box;
    int metatable;
    bridge_box *made;
} box_request;

static bridge_box *new_box(lua_State *L, const box_request *request) {
    bridge_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = request->box;
    // Ownership passes only when nothing can fail any more.
    box->context = NULL;
    if (request->metatable >= 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, request->metatable);
    } else if (lua_rawgetp(L, LUA_REGISTRYINDEX, &bridge_key_box) != LUA_TTABLE) {
        lua_settop(L, -2);
        lua_createtable(L, 0, 2);
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
        lua_pushcfunction(L, collect_box);
        lua_setfield(L, -2, "__gc");
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &bridge_key_box);
    }
    if (request->metatable >= 0) {
        lua_pushcfunction(L, collect_box);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return box;
}

static int make_object(lua_State *L) {
    box_request *request = lua_touserdata(L, 1);
    request->made = new_box(L, request);
    return 1;
}

static int make_function(lua_State *L) {
    box_request *request = lua_touserdata(L, 1);
    request->made = new_box(L, request);
    lua_pushcclosure(L, trampoline, 1);
    return 1;
}

static int push_box(bridge *b, lua_CFunction make, box_request *request) {
    lua_State *L = b->running;
    if (!lua_checkstack(L, 4)) {
        lua_pushnil(L);
        b->report->overflow = 1;
        return BRIDGE_OVERFLOW;
    }
    lua_pushlightuserdata(L, request);
    int status = bridge_protect(b, make, 1, 1);
    if (status != BRIDGE_OK) return status;
    request->made->context = request->box.context;
    request->made->serial = ++b->serial;
    b->objects += 1;
    return BRIDGE_OK;
}

int bridge_push_function(bridge *b, bridge_callback call, void *context, bridge_release release) {
    box_request request = {
        .box = {.type = BRIDGE_TYPE_FUNCTION, .context = context, .release = release, .call = call},
        .metatable = -1,
    };
    return push_box(b, make_function, &request);
}

// The collector sees 64 bytes where a tensor holds a megabyte, so it is told of native bytes as if
// Lua had allocated them.
static void pace(bridge *b, int64_t more) {
    b->native_debt += more;
    if (b->native_debt < 64 * 1024) return;
    int64_t kibibytes = b->native_debt / 1024;
    b->native_debt = 0;
    lua_gc(b->running, LUA_GCSTEP, kibibytes < 1 << 20 ? (int)kibibytes : 1 << 20);
}

int bridge_push_object(
    bridge *b, int type, void *context, bridge_release release, int64_t bytes, int64_t counted,
    int metatable) {
    box_request request = {
        .box = {.type = type, .context = context, .release = release},
        .metatable = metatable,
    };
    int status = push_box(b, make_object, &request);
    if (status != BRIDGE_OK) return status;
    request.made->counted = counted;
    if (bytes > 0) bridge_account(b, request.made, bytes);
    else pace(b, counted);
    // Past a limit the call ends when the host function returns.
    bridge_claim(b, counted);
    bridge_spend(b, 20 + bytes / 256);
    return BRIDGE_OK;
}

bridge_box *bridge_object(bridge *b, int value) {
    // Every full userdata that a script can hold is one of ours.
    if (lua_type(b->running, value) != LUA_TUSERDATA) return NULL;
    bridge_box *box = lua_touserdata(b->running, value);
    return box->context ? box : NULL;
}

void bridge_account(bridge *b, bridge_box *box, int64_t bytes) {
    int64_t more = bytes - box->bytes;
    box->bytes = bytes;
    b->native_bytes += more;
    if (more > 0) pace(b, more);
}
