// A real mail server for the tests: STARTTLS or TLS, AUTH, and refusals told by the name of the mailbox.
// Its key and its authority are of the tests alone; nobody else believes them.
// It writes one JSON object a line: first its port, then each letter it has taken.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { SMTPServer } = require(process.env.PARVIS_TEST_SMTP)

const asked = JSON.parse(process.argv[2])
const beside = (name) => fs.readFileSync(path.join(__dirname, name))
const tell = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code })

const REFUSALS = {
  inconnue: [550, '5.1.1 No such user here'],
  relais: [550, '5.7.1 Relaying denied'],
  occupee: [451, '4.2.1 Mailbox busy'],
  contenu: [554, '5.6.0 Not this content']
}
const refused = (address) => REFUSALS[address.split('@')[0]]

const server = new SMTPServer({
  secure: asked.security === 'tls',
  key: beside('server.key'),
  cert: beside('server.pem'),
  hideSTARTTLS: asked.security === 'none',
  authOptional: !asked.password,
  allowInsecureAuth: asked.security === 'none',
  disableReverseLookup: true,
  onAuth (auth, session, done) {
    const known = auth.username === 'parvis' && auth.password === asked.password
    done(known ? null : refusal(535, '5.7.8 Not you'), known ? { user: 'parvis' } : undefined)
  },
  onRcptTo (address, session, done) {
    const [code, text] = refused(address.address) ?? []
    done(code && code !== 554 ? refusal(code, text) : null)
  },
  onData (stream, session, done) {
    const chunks = []
    stream.on('data', (chunk) => chunks.push(chunk))
    stream.on('end', () => {
      const to = session.envelope.rcptTo[0].address
      const [code, text] = refused(to) ?? []
      if (code) return done(refusal(code, text))
      tell({ to, from: session.envelope.mailFrom.address, secure: session.secure, user: session.user ?? '', raw: Buffer.concat(chunks).toString('latin1') })
      done(null)
    })
  }
})
server.on('error', (error) => tell({ fault: String(error.message) }))
server.listen(asked.port, '127.0.0.1', () => tell({ port: server.server.address().port }))
// Whoever started it is gone.
process.stdin.resume().on('end', () => process.exit(0))
