// A link to another company's site was followed: to which site, from which page of ours. Nothing else is told, and the link waits for nothing.
(function () {
  function told(event) {
    const link = event.target.closest && event.target.closest('a[data-outward]')
    if (!link || navigator.globalPrivacyControl) return
    const where = new URLSearchParams({ to: link.hostname, from: location.pathname })
    fetch('/privacy/visits/left/?' + where, { keepalive: true }).catch(function () {})
  }

  document.addEventListener('click', told)
  document.addEventListener('auxclick', told)
})()
