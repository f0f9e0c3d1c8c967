const express = require("express");
const store = require("redis").createClient({ host: "redis" });
express().get("/", (_, answer) => store.incr("visits", (_, n) => answer.send(String(n)))).listen(8081);
