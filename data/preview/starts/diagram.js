// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes and the arrows between them. dagre says where they stand; they are drawn here: boxes as elements, which wrap, can be read out and be reached by keys, arrows as one picture behind them.
'use strict';
(function () {
  const { spec, words, el, svg, say } = Kit;
  document.documentElement.classList.add('wide');
  const shell = Kit.shell({});
  // What a link names and nothing else does is a box, too.
  const boxes = new Map();
  const key = name => name.trim().toLowerCase().replace(/[.:;!?]+$/, '');
  const add = (name, kind, part) => { if (!boxes.has(key(name))) boxes.set(key(name), { name, kind, part, to: [], from: [] }); return boxes.get(key(name)); };
  spec.nodes.forEach((node, i) => add(node.name, node.kind, `/nodes/${i}`));
  // "Ida" is "Ida, rehearsals", if nobody else is.
  const find = (name, part) => {
    const alike = [...boxes.keys()].filter(one => one.startsWith(key(name)) && !/[\p{L}\p{N}]/u.test(one[key(name).length] || ' '));
    return boxes.get(key(name)) || (alike.length === 1 ? boxes.get(alike[0]) : add(name, 'step', part));
  };
  const links = spec.links.map((link, i) => {
    const from = find(link.from, `/links/${i}/from`), to = find(link.to, `/links/${i}/to`), one = { from, to, label: link.label || '', part: `/links/${i}` };
    from.to.push(one);
    to.from.push(one);
    return one;
  }).filter((one, i, all) => one.from !== one.to && all.findIndex(other => other.from === one.from && other.to === one.to) === i);

  const picture = svg('svg', { class: 'arrows', 'aria-hidden': 'true' });
  const field = el('div', { class: 'diagram', role: 'list' }, picture), frame = el('section', { class: 'card diagram-frame' }, field);
  for (const box of boxes.values()) {
    const next = box.to.map(one => (one.label ? `${one.label}: ` : '') + one.to.name).join(', ');
    box.element = el('div', { class: `box ${box.kind}`, role: 'listitem', tabindex: '0', dir: 'auto', 'data-part': box.part, 'aria-label': next ? say(words.leadsTo, box.name, next) : box.name }, el('span', {}, box.name));
    const light = on => () => { for (const one of [...box.to, ...box.from]) one.line && one.line.classList.toggle('lit', on); };
    for (const [event, on] of [['focus', true], ['mouseenter', true], ['blur', false], ['mouseleave', false]])
      box.element.addEventListener(event, light(on));
    field.append(box.element);
  }
  for (const one of links)
    if (one.label)
      field.append(one.sign = el('span', { class: 'arrow-label', dir: 'auto', 'aria-hidden': 'true', 'data-part': one.part }, one.label));
  shell.root.append(frame);

  const arrange = (direction) => {
    const graph = new dagre.graphlib.Graph().setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', nodesep: 26, ranksep: 46, edgesep: 18 });
    for (const box of boxes.values())
      graph.setNode(box.name, { width: box.element.offsetWidth, height: box.element.offsetHeight });
    for (const one of links)
      graph.setEdge(one.from.name, one.to.name, { width: one.sign ? one.sign.offsetWidth + 8 : 0, height: one.sign ? one.sign.offsetHeight : 0, labelpos: 'c' });
    dagre.layout(graph);
    return graph;
  };

  // A line through the points with round corners.
  const path = (points) => {
    let d = `M${points[0].x} ${points[0].y}`;
    for (let i = 1; i < points.length - 1; i++) {
      const at = points[i], next = { x: (at.x + points[i + 1].x) / 2, y: (at.y + points[i + 1].y) / 2 };
      d += `Q${at.x} ${at.y} ${i === points.length - 2 ? `${points[i + 1].x} ${points[i + 1].y}` : `${next.x} ${next.y}`}`;
    }
    return points.length === 2 ? `${d}L${points[1].x} ${points[1].y}` : d;
  };
  const head = (points) => {
    const tip = points[points.length - 1], before = points[points.length - 2], turn = Math.atan2(tip.y - before.y, tip.x - before.x) * 180 / Math.PI;
    return svg('path', { class: 'head', d: 'M0 0L-10 -5.5L-10 5.5Z', transform: `translate(${tip.x} ${tip.y}) rotate(${turn})` });
  };

  const draw = () => {
    const room = frame.clientWidth - parseFloat(getComputedStyle(frame).paddingLeft) * 2;
    // To the right where there is room for it, else down; with boxes as wide as there is room for them.
    let graph;
    for (const [direction, box] of [['right', 200], ['right', 150], ['down', 220], ['down', 170], ['down', 130]]) {
      if (direction === 'right' && spec.direction !== 'right')
        continue;
      field.style.setProperty('--box', `${box}px`);
      graph = arrange(direction);
      if (graph.graph().width <= room)
        break;
    }
    const { width, height } = graph.graph(), scale = Math.max(0.55, Math.min(1, room / width)), rtl = document.documentElement.dir === 'rtl', x = value => (rtl ? width - value : value);
    field.style.width = `${width}px`;
    field.style.height = `${height}px`;
    field.style.zoom = scale;
    frame.classList.toggle('scroll', width * scale > room + 1);
    for (const box of boxes.values()) {
      const node = graph.node(box.name);
      box.element.style.transform = `translate(${x(node.x) - node.width / 2}px, ${node.y - node.height / 2}px)`;
    }
    picture.setAttribute('width', width);
    picture.setAttribute('height', height);
    picture.replaceChildren(...links.map((one) => {
      const edge = graph.edge(one.from.name, one.to.name), points = edge.points.map(point => ({ x: x(point.x), y: point.y }));
      if (one.sign)
        one.sign.style.transform = `translate(${x(edge.x) - one.sign.offsetWidth / 2}px, ${edge.y - one.sign.offsetHeight / 2}px)`;
      one.line = svg('g', {}, svg('path', { class: 'line', d: path(points) }), head(points));
      return one.line;
    }));
  };
  draw();
  addEventListener('resize', draw);
  Kit.ready({ boxes: boxes.size, links: links.length });
})();
