// The demonstration's login page: a button fills in an invented account.

for (const button of document.querySelectorAll('[data-login]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    document.getElementById('identifiant').value = button.dataset.login;
    document.getElementById('mot_de_passe').value = button.dataset.password;
    document.querySelector('.sign-in [type=submit]').focus();
  });
}
