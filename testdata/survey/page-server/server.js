const app = require("express")();
app.use(require("cors")());
app.listen(8080);
