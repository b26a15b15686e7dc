// SPDX-License-Identifier: GPL-3.0-or-later
// Where long words of Latin letters may break: between their syllables, as far as letters tell. Other scripts break where they have to.
'use strict';
(function () {
  const vowels = /[aeiouyäöüáéíóúàèìòùâêîôûåæøœ]/i, heads = /(?:sch|[cspt]h|qu|[bcfgkp]l|[bcdfgkpt]r|st|.)$/i;
  const divide = (word) => {
    const breaks = [];
    for (let i = 1, before = -1; i < word.length; i++)
      if (vowels.test(word[i - 1]) && !vowels.test(word[i])) {
        before = i;
      } else if (before >= 0 && vowels.test(word[i]) && !vowels.test(word[i - 1])) {
        const at = i - heads.exec(word.slice(before, i))[0].length;
        if (at >= 3 && at <= word.length - 3)
          breaks.unshift(at);
      }
    return breaks.reduce((all, at) => `${all.slice(0, at)}\u00ad${all.slice(at)}`, word);
  };
  // With soft hyphens in words of so many letters or more.
  window.softened = (text, longest = 20) => text.replace(/[a-zß-ÿœ]+/gi, word => word.length < longest ? word : divide(word));
})();
