import bcrypt from 'bcrypt'
import express from 'express'

const app = express()
app.use(express.json({ limit: '4kb' }))

app.get('/health', async (request, response) => {
  const hash = await bcrypt.hash('health', 4)
  response.json({ status: 'ok', native: await bcrypt.compare('health', hash) })
})

app.post('/hash', async (request, response) => {
  if (typeof request.body?.password !== 'string') return response.status(400).json({ error: 'password is missing' })
  response.json({ hash: await bcrypt.hash(request.body.password, 10) })
})

const server = app.listen(process.env.PORT ?? 3000, process.env.HOST ?? '0.0.0.0')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
