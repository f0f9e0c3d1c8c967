const app = require("express")();
app.get("/", (_, answer) => answer.json({ ok: true }));
app.listen(process.env.PORT, process.env.HOST);
