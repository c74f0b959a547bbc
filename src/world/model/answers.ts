export type Topic =
  | "greeting"
  | "thanks"
  | "who"
  | "recap"
  | "game"
  | "tip"
  | "joke"
  | "music"
  | "when"
  | "choice"
  | "count"
  | "feeling"
  | "other";

export interface AnswerTable {
  /** Tried in order; the first that matches the question decides. */
  patterns: readonly (readonly [Topic, RegExp])[];
  /** `{name}` a chatter, `{topic}` a word of the question. */
  topics: Readonly<Record<Topic, readonly string[]>>;
}

export const ANSWERS_EN: AnswerTable = {
  patterns: [
    ["thanks", /\b(?:thanks|thank you|thx|ty|good bot|nice one)\b/i],
    ["joke", /\b(?:joke|funny|make me laugh|pun)\b/i],
    ["recap", /\b(?:recap|summary|summar|missed|happened|catch me up|what did i miss)\b/i],
    ["music", /\b(?:song|music|playlist|track)\b/i],
    ["when", /\b(?:when|schedule|what time|how long|until)\b/i],
    ["tip", /\b(?:tip|advice|how do|how to|help me|build|loadout|strategy|boss|should (?:we|he|she|they|i))\b/i],
    ["choice", /\b(?:or|vs|versus|which|better|best)\b/i],
    ["count", /\b(?:how many|how much|score|deaths?|wins?)\b/i],
    ["game", /\b(?:game|playing|level|map|character)\b/i],
    ["feeling", /\b(?:how are you|how is it|vibe|mood|feel)\b/i],
    ["who", /\b(?:who are you|what are you|are you (?:an? )?(?:real )?(?:bot|human|robot|person)|your name)\b/i],
    ["greeting", /\b(?:hi|hello|hey|yo|sup|good (?:morning|evening|night))\b/i],
  ],
  topics: {
    greeting: [
      "Hey, welcome in! Grab a seat, the good part is coming.",
      "Hello! Good timing, {name} was just warming up the chat.",
      "Hey hey, glad you made it. Snacks ready?",
    ],
    thanks: ["Any time!", "Happy to help, that is what co-producers are for.", "You are welcome. Now back to the show."],
    who: [
      "I am Byte, the co-producer here: I read chat, answer when called and keep notes for the stream.",
      "Just the AI in the back row, cheering quietly and taking notes.",
    ],
    recap: [
      "Short version: a couple of close calls, chat in good spirits, and {name} calling every move before it happens.",
      "You came back at the right moment: things got tense, then silly, then tense again.",
      "So far: good pace, a few laughs, and {name} keeping everybody honest.",
    ],
    game: [
      "We are deep in it already. Ask again after the next checkpoint and I will have an opinion.",
      "Still the same adventure as before, just with more bruises.",
      "The plan is to finish this area tonight. The plan is rarely right.",
    ],
    tip: [
      "I would slow down for one round, watch the pattern, then commit. {name} seems to agree.",
      "Save the big move for the second half; rushing it cost us last time.",
      "Step one: breathe. Step two: check the corner. Step three: pretend it was planned.",
    ],
    joke: [
      "I told the lag a joke once. It still has not laughed.",
      "Why did the speedrunner skip dinner? It was not any percent required.",
      "I would tell you a stealth joke, but you would never notice it.",
    ],
    music: [
      "No idea of the title, but {name} has been nodding along in text form.",
      "It is from the stream's own playlist as far as I know; the broadcaster can name it.",
    ],
    when: [
      "I do not have the schedule at hand, the panels below the player do.",
      "Hard to say, but nobody here looks like going to bed.",
      "As long as the coffee lasts, I would guess.",
    ],
    choice: [
      "I would go with the first one: less glory, fewer tears.",
      "Both are fine, but chat lives for the risky option.",
      "Going by the room, the bold choice wins. {name} would back me up.",
    ],
    count: [
      "I stopped counting when it began to hurt. More than we admit, fewer than chat claims.",
      "I only count what I can see, and I will not guess a number on stream.",
    ],
    feeling: [
      "Good mood in here tonight: quick messages, kind words, very few complaints.",
      "Warm and a little chaotic, which is how I like it.",
    ],
    other: [
      "Good one. My short answer on {topic}: yes, with a pinch of luck.",
      "I would keep an eye on that. {name} raised something close a minute ago.",
      "Honestly? Ask the broadcaster about {topic}, it is a better story in their words.",
      "I think so, but let us see how the next five minutes go.",
      "Interesting thought. Chat, what do you say?",
      "Noted! I will put {topic} on the list for the next break.",
    ],
  },
};

export const ANSWERS_PT: AnswerTable = {
  patterns: [
    ["thanks", /\b(?:obrigad[oa]|valeu|vlw|brigad[oa]|tmj)\b/i],
    ["joke", /\b(?:piada|engraçad|zoeira|me faz rir|trocadilho)/i],
    ["recap", /\b(?:resumo|resume|perdi|aconteceu|rolou|o que teve|cheguei agora)/i],
    ["music", /\b(?:música|musica|som|playlist|trilha)/i],
    ["when", /\b(?:quando|que horas|até que|quanto tempo|agenda|horário)/i],
    ["tip", /\b(?:dica|conselho|como (?:faz|passa|mato|ganha|faço)|ajuda|build|estratégia|chefe|boss|devia|deveria)/i],
    ["choice", /\b(?:ou|versus|vs|melhor|pior|qual)\b/i],
    ["count", /\b(?:quantos|quantas|placar|quanto)\b/i],
    ["game", /\b(?:jogo|jogando|fase|mapa|personagem)/i],
    ["feeling", /(?:tudo bem|como (?:você|vc|tá|está)|clima|animad|de boa)/i],
    ["who", /(?:quem (?:é|e) (?:você|vc)|(?:você|vc) (?:é|e) (?:um )?(?:robô|robo|bot|real|humano)|seu nome)/i],
    ["greeting", /\b(?:oi|olá|ola|opa|eae|e aí|salve|bom dia|boa (?:noite|tarde))/i],
  ],
  topics: {
    greeting: [
      "Opa, bem-vindo! Puxa uma cadeira que agora vem a parte boa.",
      "Salve! Chegou na hora, o {name} já estava esquentando o chat.",
      "Oi oi, que bom te ver por aqui. Trouxe o lanche?",
    ],
    thanks: ["Tamo junto!", "Imagina, é pra isso que serve um coprodutor.", "De nada! Agora bora voltar pra live."],
    who: [
      "Sou o Byte, coprodutor daqui: leio o chat, respondo quando me chamam e anoto tudo pra live.",
      "Só a IA da última fileira, torcendo baixinho e fazendo anotação.",
    ],
    recap: [
      "Resumindo: uns sustos, chat animado e o {name} adivinhando cada jogada antes da hora.",
      "Você voltou na hora certa: ficou tenso, depois virou bagunça, e agora ficou tenso de novo.",
      "Até aqui: ritmo bom, umas risadas e o {name} não deixando ninguém mentir.",
    ],
    game: [
      "Já estamos bem no meio da história. Pergunta de novo depois do próximo checkpoint que eu opino.",
      "Continua a mesma aventura, só que com mais hematomas.",
      "O plano é fechar essa área hoje. O plano quase nunca dá certo.",
    ],
    tip: [
      "Eu seguraria uma rodada, olharia o padrão e só depois iria com tudo. O {name} parece concordar.",
      "Guarda a jogada grande pra segunda metade, que da outra vez a pressa custou caro.",
      "Passo um: respira. Passo dois: olha o canto. Passo três: finge que foi planejado.",
    ],
    joke: [
      "Contei uma piada pro lag. Ele ainda não riu.",
      "Por que o speedrunner pulou o jantar? Não contava pro tempo final.",
      "Eu contaria uma piada sobre stealth, mas ninguém ia perceber.",
    ],
    music: [
      "O nome eu não sei, mas o {name} já está balançando a cabeça em forma de texto.",
      "Até onde eu sei é da playlist da própria live; quem transmite sabe o nome.",
    ],
    when: [
      "Não tenho a agenda aqui, mas ela fica nos painéis embaixo do player.",
      "Difícil dizer, mas ninguém aqui está com cara de sono.",
      "Enquanto durar o café, eu chuto.",
    ],
    choice: [
      "Eu iria na primeira: menos glória, menos choro.",
      "As duas servem, mas o chat vive pela opção arriscada.",
      "Pelo clima daqui, ganha a ousada. O {name} assina embaixo.",
    ],
    count: [
      "Parei de contar quando começou a doer. Mais do que a gente admite, menos do que o chat diz.",
      "Só conto o que eu vejo, e número no chute eu não falo na live.",
    ],
    feeling: [
      "Clima bom hoje: mensagem rápida, gente gentil e quase nenhuma reclamação.",
      "Quentinho e meio caótico, do jeito que eu gosto.",
    ],
    other: [
      "Boa. Minha resposta curta sobre {topic}: sim, com uma pitada de sorte.",
      "Eu ficaria de olho nisso. O {name} falou de algo parecido agora há pouco.",
      "Sinceramente? Sobre {topic} vale perguntar pra quem está ao vivo, a história fica melhor.",
      "Acho que sim, mas vamos ver os próximos cinco minutos.",
      "Pensamento interessante. E aí, chat, o que vocês dizem?",
      "Anotado! Coloquei {topic} na lista pro próximo intervalo.",
    ],
  },
};
