// What a passkey ceremony that did not work looks like, in words. Everything else is done by the sign-in library's own scripts.
(function () {
  const supported = Boolean(window.PublicKeyCredential)

  document.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('[data-needs-passkeys]').forEach(function (part) { part.hidden = !supported })
  })

  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    const place = document.querySelector('[data-passkey-trouble]')
    if (!place) return
    const stopped = event.detail.exception && event.detail.exception.name === 'NotAllowedError'
    place.textContent = stopped ? place.dataset.sayStopped : place.dataset.sayFailed
    place.hidden = false
    place.setAttribute('role', 'alert')
  })
})()
