import type { LanguageWords } from "./sentiment-vocabulary.ts";

/** English as it is written in chat. Written for this project from knowledge of the language; no list of anybody's was used. */
export const ENGLISH: LanguageWords = {
  words: [
    [3, "unreal ily ilysm fav funniest cutest goosebumps"],
    [
      2,
      `noice gj n1 gz legit beauty cutie luv lovin savage beastly monster mastermind insanity dank dankest epicness yes yess carried carry carries popoff legends
      brilliantly beautifully thicc unstoppable fearless godsend lmfao rofl hahaha blessing hero heroic prodigy winners champs champions deserve`,
    ],
    [
      -2,
      `rigged scripted staged clickbait sellout greed p2w ffs jfc goddamn dammit snooze yawn zzz zzzz zzzzz boo bleh bah normie normies autistic autism tryhard
      noskill stale camper camping campers sweats sweaty delet cursed shitshow shithole dumpster dumpsterfire trainwreck fraud frauds hypocrite delusion
      insufferable atrocity travesty unacceptable inexcusable mediocre underwhelming letdown backstab traitor coward cowards brat crybaby cringelord`,
    ],
    [
      3,
      `amazing awesome incredible phenomenal outstanding masterpiece perfect perfection flawless brilliant magnificent legendary
      fantastic excellent spectacular superb wonderful beautiful gorgeous stunning breathtaking love loved adore adored goat
      goated goats godlike heavenly best greatest poggers pogchamp pog poggies hype hyped godly bestest epic exceptional
      marvelous glorious`,
    ],
    [
      2,
      `good great nice cool fun funny hilarious happy glad excited exciting enjoy enjoyed enjoying enjoyable loving loves lovely
      like liked likes favorite favourite sick lit fire insane clutch clutched beast god king queen legend hero win winner
      winning wins won victory champion congrats congratulations gratz grats congratz thanks thank thx ty tysm tyvm thankyou
      appreciate appreciated grateful blessed bless cute adorable sweet sweetie wholesome cozy comfy smart clever genius talented
      skilled impressive impressed proud pride respect respectable respects pretty better awesomeness yay yayy woo woohoo wooo
      hooray hurray pogu goodjob nicely solid clean crisp smooth underrated banger bangers slaps slap based wp ggwp glhf bravo
      kudos props deserved deserves welcome hug hugs kiss kisses laughing laughed entertaining entertained interesting
      fascinating inspiring inspired charming handsome delicious tasty yummy chill relaxing relaxed peaceful satisfying satisfied
      wow woah whoa dope rad stoked pumped thrilled delighted pleased blast goodness sexy hot babe friendly kind kindness
      generous helpful supportive support loyal brave bravest cracked nutty nuts disgustingly poggu swag swagger iconic gem gems
      treasure yeehaw lfg letsgo lets-go letsgooo leggo gg ggs pogged w ws dub dubs kappapride`,
    ],
    [
      1,
      `fine decent well neat easy ez free yeah yep yup ya aye right correct true agreed agree fair worth useful fresh interested
      hope hopefully hopes hoping wish luck lucky safe healthy fixed saved improved improve improving improvement progress alive
      strong stronger strongest powerful ready special magic magical super bonus gift gifted gifting prize reward rewards treat
      dream dreams joy smile smiling smiles grin giggle party celebrate celebration birthday bday cheers cheer rich classy class
      style stylish wise bright shiny warm soft gentle calm trust trusted honest pure fan fans friend friends buddy pal bestie
      fam family <3 crush pleasure paradise heaven angel blessing goodnight gn gm hello hi hey heya hiya howdy sup morning
      welcomed wholesomeness clap clapping applause salute o7 pro pros calculated outplayed outplay outplays ace aced comeback
      mvp popular viral recommended recommend promising hilarity jokes laugh bop vibe vibes vibing hypetrain subhype woot w00t`,
    ],
    [
      -1,
      `meh mid weird odd awkward strange slow late lag laggy lagging lags delay delayed lost lose loses losing missed missing
      difficult tough confused confusing confuse problem problems issue issues error errors bug bugs buggy bugged glitch glitchy
      crash crashed crashes crashing freeze frozen stuck stutter stuttering broken broke nerf nerfed unlucky tired sleepy bored
      lonely nervous scared scary afraid worried worry worries stress stressed anxious anxiety fear creepy spooky oof rip sorry
      apologies unfortunate unfortunately sadly alas nah nope wrong false mistake mistakes oops whoops regret doubt doubtful fake
      lie lied lies lying bait baited jebaited throw throwing throws threw choke choked choking tilt tilted tilting salty salt
      upset grumpy noob noobs nub newbie bot scuffed cringey sus sketchy shady cheap expensive overpriced overrated generic bland
      dull repetitive lazy selfish rude harsh cruel poor weak weaker weakest lame silly goofy leave leaving quit quits quitting
      ban banned bans muted blame blamed complain complaining complains cries crying cried hurt hurts hurting pain painful ouch
      ow sore ill headache dizzy died dies dying alone ignore ignored ignoring ew eww gross nasty dirty smelly smell stinks
      stinky stink yikes bruh welp sigh ugh ughh argh grr smh facepalm wth unfair unbalanced cheese cheesy cheater cheaters
      cheating hacker hackers hacking smurf smurfing feeder feeding inting int griefing grief troll trolling trolls copium cope
      coping delusional desperate hopeless damn damnit dammit darn depressed depressing depression miserable suffering suffer
      suffers gloomy monkas rekt owned deleted wasted`,
    ],
    [
      -2,
      `bad worse suck sucks sucked sucking hate hated hates hating hatred dislike disliked angry mad furious rage raging annoyed
      annoying annoys irritating frustrating frustrated frustration disappointed disappointing disappointment boring boredom
      stupid dumb dumber dumbest idiot idiots idiotic moron morons moronic fool foolish clown clowns clueless brainless braindead
      brainlet pathetic loser losers rubbish shitty shite crap crappy crappiest bs bullshit fail failed failing fails failure
      useless worthless pointless meaningless ridiculous nonsense embarrassing embarrassed embarrassment shame shameful ashamed
      cringe cringing ugly fugly hideous toxic toxicity scam scams scammer scammed scummy scum greedy corrupt creep pervert perv
      liar cheat cheated thief steal stolen rob robbed ruin ruined ruins ruining destroy wreck wrecked unplayable unwatchable
      unbearable intolerable dogwater dogshit sadge despair heartbroken heartbreaking devastated tragic tragedy sad sadness
      saddest unhappy weirdo weirdos freak psycho insult insulted insulting disrespect disrespectful disrespected ungrateful
      arrogant egotistical ego jerk prick douche douchebag tool ass asshole assholes arse dick dickhead bitch bitches bitching
      bastard bastards whore slut twat wanker cunt fucked fucker fuckers stfu gtfo kys shutup incel simp simps virgin l ratio
      flop flopped flops washed hardstuck boosted griefed racist racism sexist misogynist homophobic bigot nazi hell damned wtff
      abuse abused abusive bully bullied bullying harass harassed harassment threat violent disaster catastrophe nightmare curse
      cursed evil wicked vile poison sickening sick-of unfollow unsub unsubbed`,
    ],
    [
      -3,
      `worst terrible horrible horrendous horrific atrocious abysmal awful disgusting disgusted disgust disgrace disgraceful
      dreadful trash garbage shit retard retarded retards faggot fag fags nigger kike tranny cancer cancerous aids pos cuck
      scumbag subhuman abomination despicable repulsive revolting vomit puke unforgivable`,
    ],
    [0, `no mean so even just fuck fucking kinda`],
  ],
  phrases: [
    [
      3,
      `lets go|let's go|let s go|let them cook|well played|well done|love you|love this|love it|love u|so good|so fun|too good|
      best ever|holy moly`,
    ],
    [
      2,
      `good job|good game|nice job|great job|good shit|hell yeah|hell yes|fuck yeah|fuck yes|no problem|can't wait|cant wait|
      not bad|never gets old|the shit|the bomb|no cap|hit different|hits different|so bad ass|bad ass|happy birthday|
      look forward|looking forward|cracked up|made my day|crack me up|cracks me up|i'm dead|im dead|dying laughing|sick play|
      insane play|too funny|holy shit|nice one|good one|good stuff|welcome back|get well|thank god|you got this|worth it|
      feels good|big brain|on fire|well deserved`,
    ],
    [
      1,
      `good luck|good morning|good night|good evening|take care|nice try|have fun|gl hf|of course|no worries|i agree|good point|
      fair enough|new sub|oh wow|oh my`,
    ],
    [
      0,
      `good question|how good|kind of|a like|feel like|look like|looks like|sounds like|like a|like the|like that|like this|
      like how|just like|is it good|any good|hot key|hot fix|free to play|well i|well the|oh well|hit points|right now|
      right there|all right|right side|pretty much|pretty sure|best of|so far|new game|play well|as well|super smash|hard mode|
      hard drive|no mercy|good mythical|to win|win rate|win condition`,
    ],
    [
      -1,
      `too bad|my bad|oh no|no way|no chance|not sure|don't know|dont know|what the|give up|gave up|giving up|wake up|so slow|
      too slow|too late|too long|no idea|run out|ran out|the fuck|really dude|come on|cmon man|fall asleep|falling asleep|
      fell asleep|no sound|no audio|too loud|audio dead|stream dead|why tho|no thanks|what happened`,
    ],
    [
      -2,
      `shut up|piece of|not cool|not good|go away|fed up|sick of|tired of|waste of|fuck you|fuck this|fuck off|fuck that|
      screw you|screw this|what a joke|are you kidding|get lost|dead game|dead chat|no skill|so bad|feels bad|bad stream|
      uninstall|get good|git gud|skill issue|cry about|cry more|stay mad|hard carried|fuck him|fuck her|makes no sense|
      make no sense|who cares|no one cares|nobody cares|nobody asked|who asked|i quit|im out|low effort`,
    ],
    [-3, `worst ever|kill yourself|kill your self|go die|fuck your`],
  ],
  verbs: [
    [
      2,
      "enjoy admire cherish applaud impress entertain amuse delight inspire praise thank congratulate reward celebrate crush dominate smash excel",
    ],
    [1, "laugh smile cheer improve succeed help support recommend welcome relax"],
    [-1, "lag crash freeze stutter glitch miss choke complain whine moan worry confuse struggle stall disconnect delay"],
    [
      -2,
      `suck fail annoy disappoint frustrate irritate bore insult offend harass destroy disgust embarrass whine cheat scam betray spoil waste ruin
      exploit mock bully abuse threaten attack cringe disrespect despise loathe regret`,
    ],
  ],
  adjectives: [
    [2, "great nice cool cute funny lovely sweet kind smart brave happy pretty comfy cozy wild slick classy"],
    [-1, "laggy slow weird awkward salty dull weak lame silly creepy scary hard tough unlucky goofy greasy clunky janky buggy"],
    [
      -2,
      "dumb ugly nasty gross stupid toxic greedy lazy shitty crappy trashy filthy rude angry sad mean cruel boring cringey whiny scummy sleazy tacky bland",
    ],
  ],
  negators: `not no never cannot cant can't dont don't doesnt doesn't didnt didn't isnt isn't wasnt wasn't arent aren't werent weren't
      wont won't wouldnt wouldn't couldnt couldn't shouldnt shouldn't aint ain't havent haven't hasnt hasn't hadnt hadn't without
      neither nor nobody none hardly barely lacks lack nothing`,
  boosters: `very so really super extremely absolutely totally completely fucking freaking friggin fkn fking damn insanely ridiculously
      incredibly too such way most mad hella deadass highly truly literally pure straight`,
  dampers: `kinda slightly somewhat bit little almost sorta partly maybe probably might fairly`,
  turns: `but however though although yet tho`,
  marks: `the is are was were be been you your he she it its it's they we i i'm im me my his her this that these those and or of to
      in on at for with from have has had do does did will would can could should what why who when where how if not just get got
      go going him them there here out about all one some any chat u ur r`,
};
