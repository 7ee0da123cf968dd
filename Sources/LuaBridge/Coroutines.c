// Coroutines under the limits of the call that runs them.
#include "Internal.h"

static lua_State *coroutine_at(lua_State *L, int value) {
    lua_State *co = lua_tothread(L, value);
    luaL_argexpected(L, co, value, "coroutine");
    return co;
}

// Moves `arguments` values from L into the coroutine and runs it. Returns the number of results
// moved to L, or -1 with the error value on L.
static int advance(lua_State *L, lua_State *co, int arguments) {
    bridge *b = bridge_of(L);
    if (!lua_checkstack(co, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    bridge_charge(L, arguments / 4);
    // It may be older than the hook.
    if (b->hooked && lua_gethook(co) == NULL) bridge_install_hook(co);
    lua_xmove(L, co, arguments);
    int results = 0;
    lua_State *before = b->running;
    bridge_resume link = {co, L, b->resumes};
    b->resumes = &link;
    b->running = co;
    int status = lua_resume(co, L, arguments, &results);
    // A coroutine that cannot be resumed has no frames of its own.
    lua_Debug frame;
    int stands = lua_getstack(co, 0, &frame);
    if (status != LUA_OK && status != LUA_YIELD && stands) bridge_remember(L, co);
    b->running = before;
    b->resumes = link.outer;
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, results + 1)) {
            lua_settop(co, -results - 1);
            lua_pushliteral(L, "too many results to resume");
            return -1;
        }
        lua_xmove(co, L, results);
        return results;
    }
    bridge_recheck(L, status);
    lua_xmove(co, L, 1);
    return -1;
}

static int co_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    // Each counts its first instructions anew, so a new one is billed for what it may hide.
    bridge_charge(L, 200);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int co_resume(lua_State *L) {
    lua_State *co = coroutine_at(L, 1);
    int results = advance(L, co, lua_gettop(L) - 1);
    if (results < 0) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushboolean(L, 1);
    lua_insert(L, -results - 1);
    return results + 1;
}

// Runs the coroutine's pending `__close` metamethods.
static int reset(lua_State *L, lua_State *co) {
    bridge *b = bridge_of(L);
    lua_State *before = b->running;
    bridge_resume link = {co, L, b->resumes};
    b->resumes = &link;
    b->running = co;
    int status = lua_resetthread(co);
    b->running = before;
    b->resumes = link.outer;
    bridge_recheck(L, status);
    return status;
}

static int wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = advance(L, co, lua_gettop(L));
    if (results >= 0) return results;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushvalue(L, -1);
        lua_xmove(L, co, 1);
        if (reset(L, co) != LUA_OK) lua_xmove(co, L, 1);
    }
    return lua_error(L);
}

static int co_wrap(lua_State *L) {
    co_create(L);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int co_close(lua_State *L) {
    lua_State *co = coroutine_at(L, 1);
    lua_Debug frame;
    int status = lua_status(co);
    int suspended = status == LUA_YIELD || status != LUA_OK || !lua_getstack(co, 0, &frame);
    if (co == L || !suspended) {
        return luaL_error(L, "cannot close a running or normal coroutine");
    }
    if (reset(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

const luaL_Reg bridge_coroutine_functions[] = {
    {"close", co_close}, {"create", co_create}, {"resume", co_resume}, {"wrap", co_wrap},
    {NULL, NULL}};
