const app = require("express")();
app.get("/", (_, answer) => answer.send("reports"));
app.listen(3000);
