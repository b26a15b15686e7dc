// SPDX-License-Identifier: GPL-3.0-or-later
// Formulas of calculators, without eval: see app/artifacts/start-formula.c, which reads the same.
'use strict';
(function () {
  const functions = {
    sqrt: Math.sqrt, abs: Math.abs, floor: Math.floor, ceil: Math.ceil, min: Math.min, max: Math.max, pow: Math.pow, ln: Math.log, log: Math.log10, exp: Math.exp, sin: Math.sin, cos: Math.cos, tan: Math.tan,
    round: (x, digits = 0) => Math.round(x * 10 ** digits) / 10 ** digits,
  };

  // The value of a formula; NaN where it has none.
  Kit.formula = (text, values) => {
    const tokens = text.match(/\d+(?:\.\d+)?|[a-zA-Z][a-zA-Z0-9_]*|[-+*/^(),]/g) || [];
    let at = 0;
    const accept = (token) => tokens[at] === token && ++at > 0;
    const value = () => {
      const token = tokens[at++];
      if (token === '(') {
        const inner = sum();
        accept(')');
        return inner;
      }
      if (token === undefined)
        return NaN;
      if (/^\d/.test(token))
        return Number(token);
      if (Object.hasOwn(functions, token) && accept('(')) {
        const all = [sum()];
        while (accept(','))
          all.push(sum());
        accept(')');
        return functions[token](...all);
      }
      return Object.hasOwn(values, token) ? values[token] : token === 'pi' ? Math.PI : NaN;
    };
    const power = () => {
      let result = accept('-') ? -power() : accept('+') ? power() : value();
      if (accept('^'))
        result = result ** power();
      return result;
    };
    const product = () => {
      let result = power();
      for (;;) {
        if (accept('*'))
          result *= power();
        else if (accept('/'))
          result /= power();
        else
          return result;
      }
    };
    function sum() {
      let result = product();
      for (;;) {
        if (accept('+'))
          result += product();
        else if (accept('-'))
          result -= product();
        else
          return result;
      }
    }
    const result = sum();
    return at === tokens.length && Number.isFinite(result) ? result : NaN;
  };
})();
